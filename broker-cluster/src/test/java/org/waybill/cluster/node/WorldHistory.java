package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.Xid;

/** What clients were told, and what must be so because of that. */
final class WorldHistory {
    /** A message, as its producer and its consumers know it. */
    static final class Sent {
        final String text;
        final String queue;
        /** Who has sent it, and as which of those that it has sent there. */
        final String producer;

        final long number;
        /** The transaction in which it was sent, if it was. */
        final @Nullable Work work;

        /** Transactions that have taken it. */
        final List<Work> takers = new ArrayList<>();

        boolean isStored;

        /** Whether it was sent again, and was perhaps refused the first time, unheard: what was sent after it may be before it. */
        boolean mayBeLate;

        boolean mayBeConsumed;
        boolean isConsumed;

        private Sent(String text, String queue, String producer, long number, @Nullable Work work) {
            this.text = text;
            this.queue = queue;
            this.producer = producer;
            this.number = number;
            this.work = work;
        }
    }

    /** A transaction, as its client knows it. */
    static final class Work {
        final String name;
        final Set<String> sentTo = new HashSet<>();
        /** What a transaction manager calls it; null if it is local. */
        final @Nullable Xid xid;
        /** Whether anything was said by which it may have been committed. */
        boolean commitAsked;
        /** What it has come to; null as long as nobody has said. */
        @Nullable
        Boolean committed;

        private Work(String name, @Nullable Xid xid) {
            this.name = name;
            this.xid = xid;
        }

        @Override
        public String toString() {
            return name + (commitAsked ? " asked for, " : " not asked for, ") + committed + ' ' + sentTo;
        }

        /** Says what it has come to; that must not change. */
        void ended(boolean isCommitted) {
            require(committed == null || committed == isCommitted, "I11", name + " ends once more, and otherwise");
            require(!isCommitted || commitAsked, "I11", name + " is committed, and nobody has asked for that");
            committed = isCommitted;
        }
    }

    private final Map<String, Sent> all = new LinkedHashMap<>();
    private final Map<String, Work> works = new LinkedHashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    static void require(boolean condition, String invariant, String what) {
        if (!condition) {
            throw new AssertionError(invariant + ": " + what);
        }
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** How often things have happened. */
    Map<String, Integer> counts() {
        return counts;
    }

    /** A message is sent. */
    Sent send(String producer, String queue, @Nullable Work work) {
        String stream = producer + ">" + queue;
        long number = numbers.merge(stream, 1L, Long::sum);
        Sent sent = new Sent(stream + "-" + number, queue, stream, number, work);
        all.put(sent.text, sent);
        return sent;
    }

    Work begin(@Nullable Xid xid) {
        Work work = new Work("w" + works.size(), xid);
        works.put(work.name, work);
        return work;
    }

    /** Somebody has received a message. */
    Sent delivered(String queue, String text) {
        Sent sent = all.get(text);
        require(sent != null, "I19", text + " was never sent");
        boolean isHere = sent.queue.equals(queue) || queue.equals(WorldClients.DEAD_LETTERS);
        require(isHere, "I7", text + " comes from " + queue);
        Work work = sent.work;
        require(
                work == null || !Boolean.FALSE.equals(work.committed) && work.commitAsked,
                "I11",
                text + " is seen, and its transaction was not committed");
        return sent;
    }

    /** All is over, and this is what is in the queues. */
    void check(Map<String, List<String>> found) {
        Map<String, Integer> places = new HashMap<>();
        found.forEach((queue, texts) -> {
            for (String text : texts) {
                Sent sent = delivered(queue, text);
                require(!sent.isConsumed, "I6", text + " is there, and its acknowledgement was confirmed");
                require(places.merge(text, 1, Integer::sum) == 1, "I13", text + " is there twice");
            }
            if (!queue.equals(WorldClients.DEAD_LETTERS)) {
                checkOrder(queue, texts);
            }
        });
        for (Work work : works.values()) {
            checkWhole(work, places.keySet());
        }
        all.values().stream().filter(sent -> sent.work == null).forEach(sent -> check(sent, places.keySet()));
    }

    /** I14: what a producer has sent to a queue later is behind. */
    private void checkOrder(String queue, List<String> texts) {
        Map<String, Long> last = new HashMap<>();
        for (String text : texts) {
            Sent sent = all.get(text);
            if (sent != null && !sent.mayBeLate) {
                long before = last.getOrDefault(sent.producer, 0L);
                require(before < sent.number, "I14", text + " is out of order in " + queue + ": " + texts);
                last.put(sent.producer, sent.number);
            }
        }
    }

    /** I11: all of a transaction has taken effect, or nothing. */
    private static void checkWhole(Work work, Set<String> present) {
        Set<String> there = new HashSet<>(work.sentTo);
        there.retainAll(present);
        boolean isThere = !there.isEmpty();
        require(
                there.isEmpty() || there.size() == work.sentTo.size(),
                "I11",
                work.name + " is half done: of " + work.sentTo + " there are " + there);
        if (!work.commitAsked) {
            require(!isThere, "I11", work.name + " is done, and nobody has asked for that: " + there);
        } else if (work.committed != null) {
            require(
                    work.committed == isThere,
                    "I11",
                    work.name + " was said to be " + (work.committed ? "committed" : "undone") + ", and of "
                            + work.sentTo + " there are " + there);
        }
    }

    private static void check(Sent sent, Set<String> present) {
        boolean isThere = present.contains(sent.text);
        long done = sent.takers.stream()
                .filter(work -> work.sentTo.stream().anyMatch(present::contains))
                .count();
        require(done < 2, "I6", sent.text + " was consumed by more than one of " + sent.takers);
        if (done == 1) {
            require(!isThere, "I11", sent.text + " was consumed by one of " + sent.takers + ", and is there");
        } else if (sent.isStored && !sent.mayBeConsumed) {
            require(isThere, "I1", sent.text + " was stored, and is gone; it was taken by " + sent.takers);
        }
    }
}
