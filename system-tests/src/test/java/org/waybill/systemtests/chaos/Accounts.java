package org.waybill.systemtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the clients know for certain of their messages, and what they could not wait to learn. Everything is taken from one queue and sent to
 * another, which nobody takes from before the end. Thread-safe.
 */
final class Accounts {
    /** What one unanswered commit was about: all of it happened or nothing. */
    record Unanswered(List<String> sent, List<String> taken) {}

    private final Set<String> certainlySent = ConcurrentHashMap.newKeySet();
    private final Set<String> perhapsSent = ConcurrentHashMap.newKeySet();
    private final Set<String> certainlyTaken = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> perhapsTaken = new ConcurrentHashMap<>();
    private final Set<String> stocked = ConcurrentHashMap.newKeySet();
    private final Queue<Unanswered> unanswered = new ConcurrentLinkedQueue<>();

    /** The broker has settled a message of the queue that is taken from. */
    void stocked(String id) {
        stocked.add(id);
    }

    /** It is being sent: it arrives or not. */
    void sending(Collection<String> ids) {
        perhapsSent.addAll(ids);
    }

    /** The broker has said that it has it. */
    void sent(Collection<String> ids) {
        certainlySent.addAll(ids);
    }

    /** It is being accepted: that arrives or not. */
    void taking(Collection<String> ids) {
        ids.forEach(id -> perhapsTaken.merge(id, 1, Integer::sum));
    }

    /** The broker has said that it is gone. */
    void taken(Collection<String> ids) {
        certainlyTaken.addAll(ids);
    }

    /** A commit is being asked for. */
    void committing(Unanswered all) {
        sending(all.sent());
        taking(all.taken());
        unanswered.add(all);
    }

    /** What does not fit what was found at the end in the queue that is taken from and in the one that is sent to, a sentence each. */
    List<String> offences(List<String> stock, List<String> arrived) {
        List<String> offences = new ArrayList<>();
        Set<String> left = once(stock, offences);
        Set<String> come = once(arrived, offences);
        stocked.stream()
                .filter(id -> !left.contains(id) && !perhapsTaken.containsKey(id))
                .forEach(id -> offences.add(id + " is lost: it was stocked and nobody accepted it"));
        left.stream()
                .filter(id -> certainlyTaken.contains(id) || !stocked.contains(id))
                .forEach(id -> offences.add(id + " is there though it was consumed or never stocked"));
        certainlySent.stream()
                .filter(id -> !come.contains(id))
                .forEach(id -> offences.add(id + " is lost: it was sent and settled"));
        come.stream()
                .filter(id -> !perhapsSent.contains(id))
                .forEach(id -> offences.add(id + " arrived though it was not sent as a whole or not committed"));
        for (Unanswered commit : unanswered) {
            long arrivals = commit.sent().stream().filter(come::contains).count();
            boolean returned = commit.taken().stream().anyMatch(left::contains);
            boolean vanished = commit.taken().stream().anyMatch(id -> !left.contains(id) && perhapsTaken.get(id) == 1);
            boolean byHalves = arrivals == 0
                    ? vanished
                    : returned || arrivals != commit.sent().size();
            if (byHalves && !commit.sent().isEmpty()) {
                offences.add("a transaction happened by halves: " + commit + ", " + arrivals + " arrived");
            }
        }
        return offences;
    }

    private static Set<String> once(List<String> ids, List<String> offences) {
        Set<String> once = new HashSet<>();
        ids.stream().filter(id -> !once.add(id)).forEach(id -> offences.add(id + " is there twice"));
        return once;
    }
}
