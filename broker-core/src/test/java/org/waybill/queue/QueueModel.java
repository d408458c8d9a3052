package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/**
 * A queue as a sorted map of all its entries, which looks on while the real one works and judges everything it does: who may
 * get what is searched for from the beginning each time.
 */
final class QueueModel implements Facts, Sink {
    /** The first in order is handed out first. */
    private static final Comparator<Entry> ORDER =
            Comparator.comparingInt((Entry entry) -> -entry.priority).thenComparingLong(entry -> entry.id);

    static final class Entry {
        final long id;
        final int priority;
        final boolean logged;
        final boolean chosen;
        final long expiresAtMs;
        final Message message;
        final Block block;
        final int index;
        int failures;
        boolean annotated;
        boolean held;
        long dueAtMs;
        boolean unreadable;

        Entry(
                long id,
                int priority,
                boolean logged,
                boolean chosen,
                long expiresAtMs,
                Message message,
                Block block,
                int index) {
            this.id = id;
            this.priority = priority;
            this.logged = logged;
            this.chosen = chosen;
            this.expiresAtMs = expiresAtMs;
            this.message = message;
            this.block = block;
            this.index = index;
        }
    }

    /** What the model knows of a consumer. */
    static final class Client {
        final boolean browse;
        final boolean preSettled;
        final boolean selects;
        final TreeMap<Long, Entry> unsettled = new TreeMap<>();
        final Set<Long> refused = new HashSet<>();
        final Set<Long> seen = new HashSet<>();

        /** What came due behind a browser's back: it may have passed it. */
        final Set<Long> wasWaiting = new HashSet<>();

        long limit;
        long next;
        long outstandingBytes;
        boolean draining;
        long viewed;
        boolean viewEnded = true;

        Client(boolean browse, boolean preSettled, boolean selects) {
            this.browse = browse;
            this.preSettled = preSettled;
            this.selects = selects;
        }
    }

    record Read(List<Entry> entries) {}

    record Undeliverable(Entry entry) {}

    static final long WINDOW_BYTES = 400;

    final Queue queue;
    final TreeMap<Long, Entry> live = new TreeMap<>();
    final Map<QueueConsumer, Client> clients = new HashMap<>();
    final ArrayDeque<Read> reads = new ArrayDeque<>();
    final List<Undeliverable> undeliverable = new ArrayList<>();
    final Set<Long> damaged = new HashSet<>();
    final Set<Entry> removing = new HashSet<>();
    final int maxDeliveries;
    final long delayMs;
    final TimeIndex times = new TimeIndex();
    long visible;
    long nowMs = 1_000;
    boolean memoryFull;
    boolean woken;
    long delivered;
    long taken;
    long resident;
    private @Nullable Entry handedOver;

    QueueModel(int maxDeliveries, int delayMs) {
        this.maxDeliveries = maxDeliveries;
        this.delayMs = delayMs;
        this.queue = new Queue(1, "q", false, maxDeliveries, this, new Bounds(1000, 3));
    }

    static Message message(long id, int priority, boolean chosen) {
        ByteBuffer out = ByteBuffer.allocate(64);
        out.put(new byte[] {0, 0x53, 0x70, (byte) 0xC0, 4, 2, 0x41, 0x50, (byte) priority});
        out.put(new byte[] {0, 0x53, 0x74, (byte) 0xC1, 6, 2, (byte) 0xA1, 1, 'n', 0x54, (byte) (chosen ? 1 : 0)});
        out.put(new byte[] {0, 0x53, 0x77, (byte) 0x81}).putLong(id);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Message.of(bytes, 0);
    }

    static long idOf(Message message) {
        return ByteBuffer.wrap(message.bytes()).getLong(message.size() - 8);
    }

    private Entry entry(Block block, int index) {
        Entry entry = live.get(block.id(index));
        assertThat(entry).as("entry %d is live", block.id(index)).isNotNull();
        assertThat(entry.block).isSameAs(block);
        assertThat(entry.index).isEqualTo(index);
        return entry;
    }

    // ---- what the queue says

    @Override
    public void removed(Queue from, Block block, int index) {
        Entry entry = entry(block, index);
        if (!removing.remove(entry)) {
            assertThat(entry.held)
                    .as("entry %d is held and was removed", entry.id)
                    .isFalse();
            assertThat(entry.id).isLessThanOrEqualTo(visible);
            if (!expired(entry)) {
                assertThat(handedOver).isNull();
                handedOver = entry;
            }
        }
        live.remove(entry.id);
        queue.remove(block, index);
    }

    @Override
    public void undeliverable(Queue from, Block block, int index, String reason) {
        Entry entry = entry(block, index);
        assertThat(entry.held).isTrue();
        undeliverable.add(new Undeliverable(entry));
    }

    @Override
    public void expired(Queue from, Block block, int index) {
        Entry entry = entry(block, index);
        assertThat(entry.held).isFalse();
        assertThat(expired(entry)).as("entry %d has expired", entry.id).isTrue();
        removing.add(entry);
        removed(from, block, index);
    }

    @Override
    public void overdue(Queue from, Block block, int index) {
        Entry entry = entry(block, index);
        assertThat(live.values())
                .as("an available entry is behind %d", entry.id)
                .anyMatch(other -> other.priority == entry.priority
                        && other.id > entry.id
                        && other.dueAtMs <= nowMs
                        && !other.held);
        from.giveBack(block, index);
    }

    @Override
    public boolean dueOnTheWay() {
        return false;
    }

    @Override
    public long retryAtMs(Queue from, int failures) {
        return delayMs == 0 ? 0 : nowMs + delayMs * failures;
    }

    @Override
    public TimeIndex times() {
        return times;
    }

    @Override
    public void counted(Queue from, Block block, int index) {
        Entry entry = entry(block, index);
        assertThat(block.deliveryCount(index)).isEqualTo(entry.failures);
        assertThat(block.annotations(index) != null).isEqualTo(entry.annotated);
        assertThat(block.dueAtMs(index)).isEqualTo(entry.dueAtMs == 0 ? 0 : nowMs + delayMs * entry.failures);
    }

    @Override
    public void read(Queue from, @Nullable Block[] blocks, int[] indexes, int count) {
        assertThat(count).as("entries asked for").isPositive();
        assertThat(reads).as("reads under way").isEmpty();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Entry entry = entry(blocks[i], indexes[i]);
            assertThat(entry.id).isLessThanOrEqualTo(visible);
            assertThat(blocks[i].message(indexes[i])).isNull();
            entries.add(entry);
        }
        reads.add(new Read(entries));
    }

    @Override
    public void wake(Queue from) {
        woken = true;
    }

    @Override
    public boolean memoryFull() {
        return memoryFull;
    }

    @Override
    public void resident(long bytes) {
        resident += bytes;
    }

    @Override
    public void shedLater(SharedRecord record) {
        record.shed(this);
    }

    @Override
    public void unreadable(Queue from, Block block, int index, String why) {
        Entry entry = entry(block, index);
        assertThat(damaged).contains(entry.id);
        entry.unreadable = true;
    }

    @Override
    public void deliver(
            QueueConsumer consumer, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
        Client client = clients.get(consumer);
        long id = idOf(message);
        assertThat(token).as("token").isEqualTo(client.next++);
        assertThat(token).as("a token within the credit").isLessThan(client.limit);
        assertThat(client.outstandingBytes).as("bytes in the window").isLessThan(WINDOW_BYTES);
        assertThat(afterCommit).isEqualTo(client.preSettled);
        client.outstandingBytes += message.size();
        delivered++;
        if (client.browse) {
            Entry entry = live.get(id);
            assertThat(entry).isNotNull();
            assertThat(entry.id).isLessThanOrEqualTo(client.viewed);
            assertThat(entry.dueAtMs).as("entry %d does not wait", id).isZero();
            assertThat(!client.selects || entry.chosen).isTrue();
            assertThat(client.seen.add(id)).as("entry %d is seen once", id).isTrue();
            return;
        }
        Entry entry = client.preSettled ? handedOver : live.get(id);
        handedOver = null;
        assertThat(entry).as("entry %d is there to be handed out", id).isNotNull();
        assertThat(entry.id).isEqualTo(id);
        Entry first = first(client);
        assertThat(first == null || ORDER.compare(entry, first) <= 0)
                .as("entry %d is next", id)
                .isTrue();
        assertThat(takes(client, entry)).isTrue();
        assertThat(head != null).isEqualTo(entry.failures > 0 || entry.annotated);
        if (!client.preSettled) {
            entry.held = true;
            client.unsettled.put(token, entry);
        }
    }

    @Override
    public void drained(QueueConsumer consumer, long limitToken) {
        Client client = clients.get(consumer);
        assertThat(client.draining).isTrue();
        assertThat(limitToken).isEqualTo(client.limit);
        assertThat(client.next >= client.limit || client.browse || first(client) == null)
                .as("nothing is left to drain")
                .isTrue();
        client.draining = false;
        client.limit = Math.min(client.limit, client.next);
        client.viewEnded = true;
    }

    // ---- what it may do

    private boolean expired(Entry entry) {
        return entry.expiresAtMs != 0 && entry.expiresAtMs <= nowMs;
    }

    private boolean takes(Client client, Entry entry) {
        return !entry.held
                && !entry.unreadable
                && entry.dueAtMs == 0
                && entry.id <= visible
                && !expired(entry)
                && (!client.selects || entry.chosen)
                && !client.refused.contains(entry.id);
    }

    /** The first entry that a consumer could be handed. */
    @Nullable
    Entry first(Client client) {
        return live.values().stream()
                .filter(entry -> takes(client, entry))
                .min(ORDER)
                .orElse(null);
    }

    /** Compares everything that can be seen of the queue, after it was dispatched. */
    void check() {
        assertThat(handedOver).isNull();
        assertThat(removing).isEmpty();
        assertThat(queue.messages()).isEqualTo(live.size());
        assertThat(queue.bytes())
                .isEqualTo(live.values().stream()
                        .mapToLong(entry -> entry.message.size())
                        .sum());
        long held = clients.values().stream()
                .mapToLong(client -> client.unsettled.size())
                .sum();
        assertThat(queue.outcomes().unsettled()).isEqualTo(held + taken);
        assertThat(queue.waiting())
                .isEqualTo(live.values().stream()
                        .filter(entry -> entry.dueAtMs != 0)
                        .count());
        assertThat(queue.consumerCount()).isEqualTo(clients.size());
        checkEntries();
        checkBlocks();
        if (reads.isEmpty()) {
            clients.values().forEach(this::checkServed);
        }
    }

    private void checkEntries() {
        List<Long> ids = new ArrayList<>();
        long[] bytes = {0};
        queue.lines().forEachLive((block, index) -> {
            Entry entry = entry(block, index);
            ids.add(entry.id);
            assertThat(block.deliveryCount(index)).isEqualTo(entry.failures);
            Message message = block.message(index);
            bytes[0] += message == null ? 0 : message.size();
            assertThat(message != null || block.position(index) != Block.NO_POSITION)
                    .as("entry %d is in memory or in the journal", entry.id)
                    .isTrue();
        });
        assertThat(ids).hasSize(live.size());
        assertThat(resident).as("resident bytes").isEqualTo(bytes[0]);
    }

    /** A block without live entries is not kept, but for the last one of a line, which is filled further. */
    private void checkBlocks() {
        for (int priority = 0; priority < Queue.PRIORITIES; priority++) {
            Line line = queue.lines().line(priority);
            Block before = null;
            int available = 0;
            for (Block block = line == null ? null : line.first; block != null; block = block.next) {
                assertThat(block.previous).isSameAs(before);
                assertThat(block.live > 0 || block == line.last)
                        .as("a block has live entries")
                        .isTrue();
                available += block.available;
                before = block;
            }
            assertThat(line == null ? 0 : line.available).isEqualTo(available);
            assertThat(line == null ? null : line.last).isSameAs(before);
        }
    }

    private void checkServed(Client client) {
        if (client.next >= client.limit || client.outstandingBytes >= WINDOW_BYTES) {
            return;
        }
        if (client.browse) {
            assertThat(live.values())
                    .filteredOn(entry -> entry.id <= client.viewed
                            && !entry.unreadable
                            && !client.wasWaiting.contains(entry.id)
                            && entry.dueAtMs == 0
                            && (!client.selects || entry.chosen))
                    .allMatch(entry -> client.seen.contains(entry.id));
        } else {
            assertThat(first(client)).as("an entry that a consumer waits for").isNull();
        }
        assertThat(client.draining).as("a drain without its answer").isFalse();
    }

    /** An entry waits, or until it expires if that is earlier. */
    void delay(Entry entry, long dueAtMs) {
        entry.held = false;
        entry.dueAtMs = entry.expiresAtMs == 0 ? dueAtMs : Math.min(dueAtMs, entry.expiresAtMs);
    }

    /** Lets the queue look at its times, and judges what it makes of them: looked for from the beginning. */
    void timePassed() {
        for (Block block = times.poll(nowMs); block != null; block = times.poll(nowMs)) {
            queue.timePassed(block, nowMs);
        }
        long next = TimeIndex.NEVER;
        for (Entry entry : live.values()) {
            if (entry.held || entry.id > visible) {
                continue;
            }
            assertThat(expired(entry) && !entry.unreadable)
                    .as("entry %d has expired and is here", entry.id)
                    .isFalse();
            if (entry.dueAtMs != 0 && entry.dueAtMs <= nowMs) {
                entry.dueAtMs = 0;
                clients.values().forEach(client -> client.wasWaiting.add(entry.id));
                entry.held = entry.unreadable;
            }
            long at = entry.dueAtMs != 0 ? entry.dueAtMs : entry.expiresAtMs;
            next = at == 0 || entry.unreadable ? next : Math.min(next, at);
        }
        assertThat(times.earliestMs()).as("the next time to look").isLessThanOrEqualTo(next);
    }

    /** What the outcome of a held entry leads to, before the queue is told. */
    void concluding(Client client, Entry entry, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            removing.add(entry);
        } else if (outcome instanceof Outcome.Modified modified) {
            entry.failures += modified.deliveryFailed() ? 1 : 0;
            entry.annotated |= modified.annotations() != null;
            if (modified.undeliverableHere()) {
                client.refused.add(entry.id);
            }
            boolean exhausted = modified.deliveryFailed() && maxDeliveries > 0 && entry.failures >= maxDeliveries;
            entry.held = exhausted || entry.unreadable;
            if (modified.deliveryFailed() && !exhausted && delayMs > 0) {
                delay(entry, nowMs + delayMs * entry.failures);
            }
        } else if (outcome instanceof Outcome.Released) {
            entry.held = entry.unreadable;
        }
    }
}
