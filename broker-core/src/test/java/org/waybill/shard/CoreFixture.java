package org.waybill.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Clock;
import org.waybill.io.CrashDisk;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.SteppedJournal;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;

/** Shards over a journal on a disk in memory: one thread, the test's, does all the work; sessions are on {@link #loop}. */
final class CoreFixture implements AutoCloseable {
    final TestLoop loop = new TestLoop();
    final TestClock clock = new TestClock();
    final CrashDisk disk;
    final Journal journal;
    final Memory memory;
    final Shard[] shards;
    final Shards table;

    /** What sessions of another node see of the shards. */
    final Shards far;

    /** Whether sessions are on another node than the shards. */
    static final boolean FAR = Boolean.getBoolean("waybill.far");

    final SteppedJournal steps;
    /** Of each shard. */
    final List<TestLoop> loops = new ArrayList<>();

    private final Wire wire;
    private final Set<Integer> full = new HashSet<>();

    /** Bytes of commands and of answers that went over the link between the nodes. */
    long commandedBytes;

    long answeredBytes;

    AddressRules rules;
    TransactionSettings transactions = TransactionSettings.defaults();
    private boolean closed;

    CoreFixture(CrashDisk disk) {
        this(disk, 1, 64L << 20, 1 << 16, name -> AddressSettings.defaults());
    }

    CoreFixture(CrashDisk disk, int shardCount, long memoryBytes, int segmentBytes, AddressRules rules) {
        this(disk, shardCount, memoryBytes, segmentBytes, rules, false);
    }

    /** With loops of their own, shards make progress in any order. */
    CoreFixture(
            CrashDisk disk,
            int shardCount,
            long memoryBytes,
            int segmentBytes,
            AddressRules rules,
            boolean loopsOfTheirOwn) {
        this.disk = disk;
        this.rules = rules;
        this.memory = new Memory(memoryBytes);
        JournalOptions options = new JournalOptions(segmentBytes, 2, 4, 64 << 20, 1 << 20, 0, 0, 1_000);
        try {
            journal = Journal.open(options, disk, clock);
            shards = new Shard[shardCount];
            for (int i = 0; i < shardCount; i++) {
                TestLoop own = loopsOfTheirOwn ? new TestLoop() : loop;
                loops.add(own);
                shards[i] = shard(i, segmentBytes);
            }
            table = Shards.ledHere(shards);
            far = Shards.inCluster(shards, clock);
            Recovery.run(journal, disk, table);
            steps = SteppedJournal.start(journal, this::failed);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        loop.elsewhere(() -> {
            boolean stepped = false;
            for (TestLoop other : loops) {
                stepped |= other != loop && other.one();
            }
            if (stepped) {
                return true;
            }
            boolean appended = steps.append();
            return steps.work() || appended;
        });
        wire = new Wire();
        for (Shard shard : shards) {
            far.leadsElsewhere(shard.number(), 1, 0, wire);
            shard.start(table, transactions, cause -> {
                throw new AssertionError(cause);
            });
        }
        loop.drain();
    }

    /** A shard that nothing has been told yet. */
    Shard shard(int number, int segmentBytes) {
        return new Shard(
                number,
                loops.get(number),
                clock,
                journal,
                memory,
                name -> this.rules.of(name),
                ExactlyOnceSettings.defaults(),
                segmentBytes);
    }

    /** The way to a node, 1 or 2, has no room. */
    void fill(int node) {
        full.add(node);
    }

    /** It has room again. */
    void empty(int node) {
        full.remove(node);
        wire.sessions.drained(node);
        far.drained(node);
    }

    /** Between the node of the shards, 1, and that of the sessions, 2. */
    private final class Wire implements NodeLink {
        private final RemoteSessions sessions = new RemoteSessions(table, this);

        @Override
        public void commands(int node, int shard, byte[] bytes, int length) {
            commandedBytes += length;
            loop.execute(() -> sessions.commands(2, shard, ByteBuffer.wrap(bytes, 0, length)));
        }

        @Override
        public void answers(int node, int shard, byte[] bytes, int length) {
            answeredBytes += length;
            loop.execute(() -> far.answers(shard, ByteBuffer.wrap(bytes, 0, length)));
        }

        @Override
        public boolean isFull(int node) {
            return full.contains(node);
        }
    }

    private void failed(Throwable cause) {
        if (!disk.hasCrashed()) {
            throw new AssertionError(cause);
        }
    }

    /** Ends as a crash would, but for what the journal has been handed already. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            journal.close();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Ends in good order: with a last checkpoint. */
    void stop() {
        int[] missing = {shards.length};
        for (Shard shard : shards) {
            shard.stop(() -> missing[0]--);
        }
        loop.until(() -> missing[0] == 0);
        close();
    }

    /** Writes a checkpoint of the first shard and waits for it. */
    void checkpoint() {
        boolean[] done = {false};
        shards[0].execute(() -> new Checkpointer(shards[0], shards[0].state()).begin(() -> done[0] = true));
        loop.until(() -> done[0]);
    }

    /** Lets time pass, by the clock of the day and by the other. */
    void pass(long ms) {
        loop.settle();
        clock.epochMs += ms;
        loop.pass(ms * 1_000_000);
        loop.settle();
    }

    TestSession session() {
        return session("client");
    }

    TestSession session(String containerId) {
        return new TestSession(this, containerId);
    }

    /** An encoded message with a header, a to field and a text. */
    static Message message(boolean durable, String text) {
        return message(durable, 4, 0, null, text);
    }

    static Message message(boolean durable, int priority, int ttlMs, @Nullable String to, String text) {
        return message(durable, priority, ttlMs, new byte[0], to, text);
    }

    /** A durable message that is to be delivered at a time, or after a delay. */
    static Message scheduled(String annotation, long value, int ttlMs, String text) {
        return message(true, 4, ttlMs, Annotations.of(Map.of(annotation, value)), null, text);
    }

    private static Message message(
            boolean durable, int priority, int ttlMs, byte[] annotations, @Nullable String to, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] address = to == null ? new byte[0] : to.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(64 + annotations.length + body.length + address.length);
        out.put(new byte[] {
            0, 0x53, 0x70, (byte) 0xC0, (byte) (ttlMs == 0 ? 5 : 9), 3, (byte) (durable ? 0x41 : 0x42), 0x50
        });
        out.put((byte) priority);
        if (ttlMs == 0) {
            out.put((byte) 0x40);
        } else {
            out.put((byte) 0x70).putInt(ttlMs);
        }
        if (annotations.length > 0) {
            out.put(new byte[] {0, 0x53, 0x72}).put(annotations);
        }
        if (to != null) {
            out.put(new byte[] {0, 0x53, 0x73, (byte) 0xC0, (byte) (5 + address.length), 3, 0x40, 0x40, (byte) 0xA1});
            out.put((byte) address.length).put(address);
        }
        out.put(new byte[] {0, 0x53, 0x77, (byte) 0xB1}).putInt(body.length).put(body);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Message.of(bytes, 0);
    }

    /** The text of a message made by {@link #message}. */
    static String text(Message message) {
        byte[] bytes = message.bytes();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int at = message.bareAt(); at + 8 < bytes.length + 1; at++) {
            if (bytes[at] == 0 && bytes[at + 1] == 0x53 && bytes[at + 2] == 0x77) {
                int length = in.getInt(at + 4);
                return new String(bytes, at + 8, length, StandardCharsets.UTF_8);
            }
        }
        throw new AssertionError("no body");
    }

    /** Has a session look at all of a queue; what comes is added as it comes. */
    static void browse(Shards shards, TestLoop on, String queue, List<String> texts) {
        LocalSession session =
                new LocalSession(shards, on, "browser", TransactionSettings.defaults(), new SessionHandler() {
                    @Override
                    public void batchEnd() {
                        // nothing is gathered
                    }

                    @Override
                    public void closed(BrokerError error) {
                        throw new AssertionError(error);
                    }
                });
        org.waybill.spi.Consumer[] consumer = new org.waybill.spi.Consumer[1];
        consumer[0] = session.openConsumer(
                new ConsumerSpec(queue, NodeKind.QUEUE, true, false, Outcome.RELEASED, null), new ConsumerHandler() {
                    @Override
                    public void opened() {
                        consumer[0].credit(1 << 20, false);
                    }

                    @Override
                    public void closed(BrokerError error) {
                        throw new AssertionError(error);
                    }

                    @Override
                    public void deliver(long token, Message message, byte @Nullable [] head) {
                        texts.add(text(message));
                        consumer[0].consumed(message.size());
                    }

                    @Override
                    public void drained(long limitToken) {
                        // it does not drain
                    }

                    @Override
                    public void settled(long firstToken, long lastToken) {
                        // it settles nothing
                    }
                });
        session.flush();
    }

    /** Time that the test sets. */
    static final class TestClock implements Clock {
        long epochMs = 1_700_000_000_000L;

        @Override
        public long nanoTime() {
            return epochMs * 1_000_000;
        }

        @Override
        public long epochMs() {
            return epochMs;
        }
    }

    /** A client of the fixture. */
    static final class TestSession implements SessionHandler {
        final CoreFixture core;
        final LocalSession session;
        int batches;

        TestSession(CoreFixture core, String containerId) {
            this(core, containerId, FAR ? core.far : core.table);
        }

        TestSession(CoreFixture core, String containerId, Shards seen) {
            this.core = core;
            this.session = new LocalSession(seen, core.loop, containerId, core.transactions, this);
        }

        TestProducer producer(@Nullable String address) {
            return producer(address, NodeKind.QUEUE);
        }

        TestProducer producer(@Nullable String address, NodeKind kind) {
            TestProducer made = new TestProducer(this);
            made.producer = session.openProducer(new ProducerSpec(address, kind), made);
            session.flush();
            core.loop.until(() -> made.opened || made.error != null);
            return made;
        }

        TestConsumer consumer(String address) {
            return consumer(new ConsumerSpec(address, NodeKind.QUEUE, false, false, Outcome.FAILED, null));
        }

        TestConsumer browser(String address, @Nullable String selector) {
            Selector parsed = selector == null ? null : Selector.parse(selector);
            return consumer(new ConsumerSpec(address, NodeKind.QUEUE, true, false, Outcome.RELEASED, parsed));
        }

        TestConsumer consumer(ConsumerSpec spec) {
            TestConsumer made = new TestConsumer(this);
            made.open(spec);
            return made;
        }

        void close() {
            session.close();
            core.loop.drain();
        }

        @Override
        public void batchEnd() {
            batches++;
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }
    }

    /** A producer that remembers its answers. */
    static final class TestProducer implements ProducerHandler {
        final TestSession in;
        Producer producer;
        boolean opened;

        @Nullable
        BrokerError error;

        @Nullable
        String blocked;

        boolean paused;
        long next;
        long settled;
        final List<Outcome> outcomes = new ArrayList<>();
        final List<BrokerError> refusals = new ArrayList<>();

        TestProducer(TestSession in) {
            this.in = in;
        }

        /** Sends without waiting. */
        void send(Message message) {
            producer.send(message, next++);
            in.session.flush();
        }

        void sendAndWait(Message message) {
            send(message);
            in.core.loop.until(() -> settled == next);
        }

        void sendDurable(int from, int count) {
            for (int i = from; i < from + count; i++) {
                producer.send(message(true, "m" + i), next++);
                if (i % 100 == 0) {
                    in.session.flush();
                }
            }
            in.session.flush();
            in.core.loop.until(() -> settled == next);
        }

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void closed(BrokerError reason) {
            error = reason;
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            settled += lastToken - firstToken + 1;
            outcomes.add(outcome);
        }

        @Override
        public void refused(long token, BrokerError reason) {
            settled++;
            refusals.add(reason);
        }

        @Override
        public void blocked(String reason) {
            blocked = reason;
        }

        @Override
        public void unblocked() {
            blocked = null;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }
    }

    /** A consumer that remembers what it gets. */
    static class TestConsumer implements ConsumerHandler {
        final TestSession in;
        Consumer consumer;
        boolean opened;

        @Nullable
        BrokerError error;

        long drained = -1;
        long confirmed = -1;
        final List<String> texts = new ArrayList<>();
        final List<byte @Nullable []> heads = new ArrayList<>();
        final List<Message> messages = new ArrayList<>();

        TestConsumer(TestSession in) {
            this.in = in;
        }

        void open(String address) {
            open(new ConsumerSpec(address, NodeKind.QUEUE, false, false, Outcome.FAILED, null));
        }

        void open(ConsumerSpec spec) {
            consumer = in.session.openConsumer(spec, this);
            in.session.flush();
            in.core.loop.until(() -> opened || error != null);
        }

        List<String> receive(int count) {
            int wanted = texts.size() + count;
            credit(wanted);
            in.core.loop.until(() -> texts.size() >= wanted);
            return texts.subList(wanted - count, wanted);
        }

        /** Receives what there is, up to so many messages. */
        void take(int most) {
            credit(texts.size() + most);
            in.core.loop.settle();
        }

        void credit(long limit) {
            consumer.credit(limit, false);
            in.session.flush();
            in.core.loop.drain();
        }

        /** Everything there is, as a browser or a closing client asks for it. */
        List<String> drain() {
            long limit = texts.size() + 1_000_000L;
            drained = -1;
            consumer.credit(limit, true);
            in.session.flush();
            in.core.loop.until(() -> drained == limit);
            return texts;
        }

        void settle(long first, long last, Outcome outcome) {
            confirmed = -1;
            consumer.settle(first, last, outcome, true);
            in.session.flush();
            in.core.loop.until(() -> confirmed == last);
        }

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void closed(BrokerError reason) {
            error = reason;
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            if (token != texts.size()) {
                throw new AssertionError("token " + token + " after " + texts.size() + " deliveries");
            }
            texts.add(text(message));
            heads.add(head);
            messages.add(message);
            taken(message);
        }

        /** A delivery has left for the client. */
        void taken(Message message) {
            consumer.consumed(message.size());
        }

        @Override
        public void drained(long limitToken) {
            drained = limitToken;
        }

        @Override
        public void settled(long firstToken, long lastToken) {
            confirmed = lastToken;
        }
    }
}
