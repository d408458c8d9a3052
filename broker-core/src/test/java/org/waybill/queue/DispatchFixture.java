package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;

/** One queue, its messages by number, and consumers that remember what they get. */
final class DispatchFixture implements Facts {
    static final int ENDS_GROUP = -1;

    final Queue queue;
    final Map<Long, Message> stored = new HashMap<>();
    final TimeIndex times = new TimeIndex();
    final ArrayDeque<Runnable> reads = new ArrayDeque<>();
    boolean memoryFull;
    boolean woken;
    int readEntries;
    long lastId;

    DispatchFixture() {
        this(Bounds.USUAL);
    }

    DispatchFixture(Bounds bounds) {
        queue = new Queue(1, "q", false, 0, this, bounds);
    }

    /** A message with an application property {@code n}, a group and a sequence in it, and its id as body. */
    static Message message(long id, int priority, int n, @Nullable String group, int sequence) {
        ByteBuffer out = ByteBuffer.allocate(128);
        out.put(new byte[] {0, 0x53, 0x70, (byte) 0xC0, 4, 2, 0x41, 0x50, (byte) priority});
        if (group != null) {
            byte[] text = group.getBytes(StandardCharsets.UTF_8);
            out.put(new byte[] {0, 0x53, 0x73, (byte) 0xC0, (byte) (1 + 10 + 2 + text.length + 5), 12});
            out.put(new byte[] {64, 64, 64, 64, 64, 64, 64, 64, 64, 64, (byte) 0xA1, (byte) text.length});
            out.put(text).put((byte) 0x70).putInt(sequence);
        }
        out.put(new byte[] {0, 0x53, 0x74, (byte) 0xC1, 6, 2, (byte) 0xA1, 1, 'n', 0x54, (byte) n});
        out.put(new byte[] {0, 0x53, 0x77, (byte) 0x81}).putLong(id);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Message.of(bytes, 0);
    }

    void send(int... values) {
        for (int n : values) {
            store(4, n, null, 0);
        }
        reveal();
    }

    void send(String... inGroups) {
        for (String group : inGroups) {
            store(4, 0, group, 0);
        }
        reveal();
    }

    Block store(int priority, int n, @Nullable String group, int sequence) {
        long id = ++lastId;
        Message message = message(id, priority, n, group, sequence);
        stored.put(id, message);
        Block block = queue.store(id, priority, message, message.size(), true, 0);
        block.place(block.lastIndex(), id << 32);
        return block;
    }

    void reveal() {
        long from = lastId;
        queue.reveal(lastId);
        dispatch();
        if (memoryFull) {
            shed();
        }
        assertThat(from).isEqualTo(lastId);
    }

    /** Everything that is in the queue leaves memory. */
    void shed() {
        boolean before = memoryFull;
        memoryFull = true;
        queue.lines().forEachLive((block, index) -> queue.bodies().shed(block, index));
        memoryFull = before;
    }

    void dispatch() {
        for (int i = 0; woken || !reads.isEmpty(); i++) {
            assertThat(i).as("rounds of dispatching").isLessThan(100_000);
            woken = false;
            woken |= queue.dispatch(1);
            Runnable read = reads.poll();
            if (read != null) {
                read.run();
            }
        }
    }

    Client consumer() {
        return consumer(null, 0);
    }

    Client consumer(String selector) {
        return consumer(selector, 0);
    }

    Client consumer(@Nullable String selector, int priority) {
        return new Client(false, false, selector, priority);
    }

    Client browser() {
        return new Client(true, false, null, 0);
    }

    /** A consumer of the queue. */
    final class Client implements Sink {
        final QueueConsumer consumer;
        final List<Long> got = new ArrayList<>();
        long drained = -1;
        long limit;

        Client(boolean browse, boolean preSettled, @Nullable String selector, int priority) {
            Selector parsed = selector == null ? null : Selector.parse(selector);
            consumer = new QueueConsumer(this, browse, preSettled, Outcome.RELEASED, parsed, priority, Long.MAX_VALUE);
            queue.attach(consumer);
        }

        /** May be handed so many more. */
        Client credit(int more) {
            limit = (long) got.size() + more;
            queue.credit(consumer, limit, false);
            dispatch();
            return this;
        }

        void drain() {
            drained = -1;
            queue.credit(consumer, got.size() + 1_000_000L, true);
            dispatch();
            assertThat(drained).isNotNegative();
        }

        Client settle(long token, Outcome outcome) {
            queue.outcomes().settle(consumer, token, token, outcome);
            dispatch();
            return this;
        }

        Client settleAll(Outcome outcome) {
            queue.outcomes().settle(consumer, 0, Long.MAX_VALUE - 1, outcome);
            dispatch();
            return this;
        }

        void close() {
            queue.detach(consumer);
            dispatch();
        }

        @Override
        public void deliver(
                QueueConsumer to, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
            assertThat(token).isEqualTo(got.size());
            got.add(ByteBuffer.wrap(message.bytes()).getLong(message.size() - 8));
        }

        @Override
        public void drained(QueueConsumer by, long limitToken) {
            drained = limitToken;
        }
    }

    @Override
    public void removed(Queue from, Block block, int index) {
        from.remove(block, index);
    }

    @Override
    public void undeliverable(Queue from, Block block, int index, String reason) {
        from.remove(block, index);
    }

    @Override
    public void expired(Queue from, Block block, int index) {
        from.remove(block, index);
    }

    @Override
    public long retryAtMs(Queue from, int failures) {
        return 0;
    }

    @Override
    public void overdue(Queue from, Block block, int index) {
        from.giveBack(block, index);
    }

    @Override
    public boolean dueOnTheWay() {
        return false;
    }

    @Override
    public TimeIndex times() {
        return times;
    }

    @Override
    public void counted(Queue from, Block block, int index) {}

    @Override
    public void read(Queue from, @Nullable Block[] blocks, int[] indexes, int count) {
        assertThat(count).isPositive();
        readEntries += count;
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] = blocks[i].id(indexes[i]);
        }
        reads.add(() -> {
            for (int i = 0; i < count; i++) {
                queue.bodies().loaded(blocks[i], indexes[i], ids[i], stored.get(ids[i]), "");
            }
            queue.readDone();
        });
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
    public void resident(long bytes) {}

    @Override
    public void shedLater(SharedRecord record) {
        throw new AssertionError("no body is shared");
    }

    @Override
    public void unreadable(Queue from, Block block, int index, String why) {
        throw new AssertionError(why);
    }
}
