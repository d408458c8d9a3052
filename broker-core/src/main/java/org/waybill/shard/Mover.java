package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Invariant;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.message.Annotations;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.BrokerError;
import org.waybill.spi.NodeKind;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;

/**
 * Moves messages from one queue of its shard to another address, dead letters and what has expired, or to the end of their own
 * queue, when their time comes while others are ahead of it. They are held until they are gone from here, and moved in order, a
 * batch a turn. On the shard's loop.
 *
 * <p>Within the shard one frame holds both the message's arrival and its removal. To another shard the mover sends as a producer
 * does, and removes the message once it is stored there: a crash between the two, or another leader there, leaves it in both. What the address does not
 * take is put off, and available again at its old place after {@link #RETRY_MS}.
 *
 * <p>The moved message has no time to live and waits for nothing. Its annotations say where it came from, why, when, and after how
 * many failed deliveries; see {@link Cause}.
 */
final class Mover implements ProducerHandler, SessionHandler {
    /** How long a message waits that could not be moved. */
    static final long RETRY_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    private static final int BATCH_ENTRIES = 256;
    private static final int BATCH_BYTES = 1 << 20;

    /** Beyond this what has expired is let wait a little. */
    private static final int MANY = 2_048;

    private static final long MS_BETWEEN_COMPLAINTS = 60_000;

    private static final BrokerError GONE =
            new BrokerError(BrokerError.Code.RESOURCE_DELETED, "the message is gone or cannot be read back");

    private final Shard shard;
    private final Shards shards;
    private LocalSession session;
    private SessionProducer producer;
    private final ArrayDeque<Moving> waiting = new ArrayDeque<>();
    private final Map<Long, Moving> sent = new LinkedHashMap<>();
    private @Nullable Load reading;
    private boolean scheduled;
    private boolean stopped;
    private long lastToken;

    Mover(Shard shard, Shards all) {
        this.shard = shard;
        this.shards = all;
        this.session = new LocalSession(all, shard.loop(), "", TransactionSettings.defaults(), this);
        this.producer = (SessionProducer) session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
    }

    /** Why a message is moved: the middle of the names of the annotations that it gets. */
    enum Cause {
        /** {@code x-opt-dead-letter-queue, -reason, -time, -count}. */
        DEAD_LETTER("x-opt-dead-letter-"),
        /** {@code x-opt-expired-queue, -reason, -time, -count}, and {@code x-opt-ACTUAL-EXPIRY} for its time. */
        EXPIRED("x-opt-expired-"),
        /** {@code x-opt-moved-queue, -reason, -time, -count}. */
        MOVED("x-opt-moved-"),
        /** No annotations: the message is as its sender made it. */
        DUE("");

        private final String prefix;

        Cause(String prefix) {
            this.prefix = prefix;
        }
    }

    /** Is told what became of one entry. */
    @FunctionalInterface
    interface Ending {
        /** It was moved, or, with an error, it is still held: whoever wanted it moved decides what becomes of it. */
        void ended(@Nullable BrokerError error);
    }

    /** An entry and where it goes; behind all others of its own queue when that is null. */
    private record Moving(
            Queue queue,
            Block block,
            int index,
            long id,
            @Nullable String to,
            Cause cause,
            String reason,
            @Nullable Ending ending) {
        boolean isHere() {
            return !queue.closed() && block.isHere(index, id);
        }

        void end(@Nullable BrokerError error) {
            if (ending != null) {
                ending.ended(error);
            }
        }
    }

    /** Whether so many messages are on their way that what can wait should. */
    boolean isBusy() {
        return waiting.size() + sent.size() > MANY;
    }

    /** Whether nothing is on its way. */
    boolean isIdle() {
        return waiting.isEmpty() && sent.isEmpty() && reading == null;
    }

    /** Moves a held entry to another address. */
    void move(Queue queue, Block block, int index, String to, Cause cause, String reason) {
        waiting.addLast(new Moving(queue, block, index, block.id(index), to, cause, reason, null));
        proceed();
    }

    /** Moves a held entry to another address because somebody has asked for that. */
    void move(Queue queue, Block block, int index, String to, Ending ending) {
        waiting.addLast(
                new Moving(queue, block, index, block.id(index), to, Cause.MOVED, "moved by an administrator", ending));
        proceed();
    }

    /** Moves a held entry behind all others of its queue. */
    void moveBehind(Queue queue, Block block, int index) {
        waiting.addLast(new Moving(queue, block, index, block.id(index), null, Cause.DUE, "", null));
        proceed();
    }

    /** Nothing is moved any more: what is on its way is still here at the next start. */
    void stop() {
        stopped = true;
    }

    /** As {@link #stop}, and what was on its way is of no account here. */
    void abandon() {
        stop();
        session.close();
    }

    private void proceed() {
        if (!scheduled && reading == null && !waiting.isEmpty()) {
            scheduled = true;
            shard.execute(this::moveSome);
        }
    }

    private void moveSome() {
        scheduled = false;
        Load load = new Load();
        while (!load.full() && !stopped) {
            Moving entry = waiting.pollFirst();
            if (entry == null) {
                break;
            }
            if (entry.isHere()) {
                load.add(entry);
            } else {
                entry.end(GONE);
            }
        }
        if (load.missing == 0) {
            forward(load);
        } else {
            reading = load;
            load.read();
        }
    }

    /** In the order in which they were to be moved. */
    private void forward(Load load) {
        for (int i = 0; i < load.count; i++) {
            Moving entry = Invariant.present(load.entries[i]);
            Message message = load.messages[i];
            if (stopped) {
                break;
            }
            if (message != null && entry.isHere()) {
                forward(entry, message);
            } else {
                entry.end(GONE);
            }
        }
        session.flush();
        proceed();
    }

    private void forward(Moving entry, Message message) {
        String to = entry.to;
        if (to == null) {
            shard.storage().storeAgain(entry.queue, message, entry.block.expiresAtMs(entry.index));
            entry.queue.countMovedWithin();
            shard.storage().removed(entry.queue, entry.block, entry.index);
            return;
        }
        Message copy = message.forwarded(annotations(entry, message));
        if (Placement.shardOf(to, shards.count()) != shard.number()) {
            sent.put(++lastToken, entry);
            session.forward(producer, to, copy, lastToken);
            return;
        }
        BrokerError error = shard.commands().sends().forward(to, copy);
        if (error == null) {
            moved(entry);
        } else {
            putOff(entry, error);
        }
    }

    private static void unreadable(Moving entry, Exception why) {
        entry.queue.bodies().loaded(entry.block, entry.index, entry.id, null, String.valueOf(why.getMessage()));
    }

    private byte[] annotations(Moving entry, Message message) {
        Block block = entry.block;
        String prefix = entry.cause.prefix;
        Map<String, Object> facts = new LinkedHashMap<>();
        Node node = shard.state().node(entry.queue);
        facts.put(prefix + "queue", entry.queue.name());
        facts.put(prefix + "reason", entry.reason);
        facts.put(prefix + "time", shard.nowMs());
        facts.put(prefix + "count", (long) block.deliveryCount(entry.index));
        facts.put("x-opt-ORIG-ADDRESS", entry.queue.name());
        facts.put("x-opt-ORIG-QUEUE", node.subscription == null ? entry.queue.name() : node.title());
        if (entry.cause == Cause.EXPIRED) {
            facts.put("x-opt-ACTUAL-EXPIRY", block.expiresAtMs(entry.index));
        }
        byte[] own = block.annotations(entry.index);
        return Annotations.merge(own == null ? message.annotations() : own, Annotations.of(facts));
    }

    private void moved(Moving entry) {
        if (entry.isHere()) {
            if (entry.cause == Cause.EXPIRED) {
                entry.queue.countExpired();
            }
            shard.storage().removed(entry.queue, entry.block, entry.index);
        }
        entry.end(null);
    }

    private void putOff(Moving entry, BrokerError error) {
        if (entry.ending != null) {
            entry.end(error);
            return;
        }
        if (!entry.isHere()) {
            return;
        }
        Node node = shard.state().node(entry.queue);
        if (shard.nowMs() - node.complainedAtMs >= MS_BETWEEN_COMPLAINTS) {
            node.complainedAtMs = shard.nowMs();
            LOG.warn(
                    "WB2120 {}: message {} cannot be moved to {} and stays, as others may: {}",
                    node.title(),
                    entry.id,
                    entry.to,
                    error.message());
        }
        entry.queue.putOff(entry.block, entry.index, shard.nowMs() + RETRY_MS);
    }

    @Override
    public void settled(long firstToken, long lastOfRange, Outcome outcome) {
        for (long token = firstToken; token <= lastOfRange; token++) {
            Moving entry = sent.remove(token);
            if (entry != null) {
                moved(entry);
            }
        }
        shard.schedule();
    }

    @Override
    public void refused(long token, BrokerError error) {
        Moving entry = sent.remove(token);
        if (entry != null) {
            putOff(entry, error);
        }
        shard.schedule();
    }

    @Override
    public void opened() {
        // an anonymous producer may always send
    }

    /** A shard has another leader, or none: what is on its way there may have come or not, and is sent again later. */
    @Override
    public void closed(BrokerError error) {
        if (stopped) {
            return;
        }
        session.close();
        session = new LocalSession(shards, shard.loop(), "", TransactionSettings.defaults(), this);
        producer = (SessionProducer) session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
        List<Moving> interrupted = List.copyOf(sent.values());
        sent.clear();
        shard.execute(() -> interrupted.forEach(entry -> putOff(entry, error)));
    }

    @Override
    public void blocked(String reason) {
        // an anonymous producer is refused a single message instead
    }

    @Override
    public void unblocked() {
        // see blocked
    }

    @Override
    public void batchEnd() {
        // each answer was carried out at once
    }

    /** Messages that are moved together; those not in memory come with one read from the journal. */
    private final class Load implements ReadCallback {
        private final @Nullable Moving[] entries = new @Nullable Moving[BATCH_ENTRIES];
        private final @Nullable Message[] messages = new @Nullable Message[BATCH_ENTRIES];
        private final int[] read = new int[BATCH_ENTRIES];
        private int count;
        private int missing;
        private int bytes;

        boolean full() {
            return count == BATCH_ENTRIES || bytes >= BATCH_BYTES;
        }

        void add(Moving entry) {
            Message message = entry.block.message(entry.index);
            bytes += entry.block.recordBytes(entry.index);
            if (message == null) {
                read[missing++] = count;
            }
            messages[count] = message;
            entries[count++] = entry;
        }

        void read() {
            long[] positions = new long[missing];
            int[] recordBytes = new int[missing];
            for (int i = 0; i < missing; i++) {
                Moving entry = Invariant.present(entries[read[i]]);
                positions[i] = entry.block.position(entry.index);
                recordBytes[i] = entry.block.recordBytes(entry.index);
            }
            shard.journal().read(positions, recordBytes, missing, shard.loop(), this);
        }

        @Override
        public void record(int i, byte[] payload) {
            try {
                messages[read[i]] = Events.message(payload);
            } catch (DecodeError | IllegalArgumentException | BufferUnderflowException malformed) {
                unreadable(Invariant.present(entries[read[i]]), malformed);
            }
        }

        @Override
        public void damaged(int i, JournalDamage damage) {
            unreadable(Invariant.present(entries[read[i]]), damage);
        }

        @Override
        public void done() {
            reading = null;
            shard.execute(() -> forward(this));
        }
    }
}
