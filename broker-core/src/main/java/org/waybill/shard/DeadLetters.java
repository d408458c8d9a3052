package org.waybill.shard;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;

/**
 * Moves undeliverable messages to dead-letter addresses, whichever shard those live on: as a producer of its own that first
 * stores the message there and, once that is committed, removes it here. A crash between the two leaves it in both.
 *
 * <p>The moved message says where it came from, why and when, in annotations {@code x-opt-dead-letter-queue}, {@code -reason},
 * {@code -time} (epoch milliseconds) and {@code -count} (failed deliveries).
 */
final class DeadLetters implements ProducerHandler, SessionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final Shard shard;
    private final LocalSession session;
    private final LocalProducer producer;
    private final Map<Long, Moving> moving = new HashMap<>();
    private long lastToken;

    DeadLetters(Shard shard, Shard[] all) {
        this.shard = shard;
        this.session = new LocalSession(all, shard.loop(), "", this, closed -> {});
        this.producer = (LocalProducer) session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
    }

    private record Moving(Queue queue, Block block, int index, long id, String to, String reason) {}

    /** Moves a held entry. */
    void move(Queue queue, Block block, int index, String to, String reason) {
        Moving entry = new Moving(queue, block, index, block.id(index), to, reason);
        Message message = block.message(index);
        if (message != null) {
            send(entry, message);
        } else {
            shard.journal()
                    .read(
                            new long[] {block.position(index)},
                            new int[] {block.recordBytes(index)},
                            1,
                            shard.loop(),
                            new Reading(entry));
        }
    }

    private void send(Moving entry, Message message) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("x-opt-dead-letter-queue", entry.queue.name());
        facts.put("x-opt-dead-letter-reason", entry.reason);
        facts.put("x-opt-dead-letter-time", shard.nowMs());
        facts.put("x-opt-dead-letter-count", (long) entry.block.deliveryCount(entry.index));
        byte[] own = entry.block.annotations(entry.index);
        byte[] annotations = Annotations.merge(own == null ? message.annotations() : own, Annotations.of(facts));
        moving.put(++lastToken, entry);
        producer.sendTo(new Destination(entry.to, NodeKind.QUEUE), message.withAnnotations(annotations), lastToken);
        session.flush();
    }

    @Override
    public void settled(long firstToken, long lastOfRange, Outcome outcome) {
        for (long token = firstToken; token <= lastOfRange; token++) {
            Moving entry = moving.remove(token);
            if (entry != null && here(entry)) {
                shard.removed(entry.queue, entry.block, entry.index);
            }
        }
        shard.schedule();
    }

    @Override
    public void refused(long token, BrokerError error) {
        Moving entry = moving.remove(token);
        if (entry != null) {
            LOG.warn(
                    "WB2120 queue {}: message {} cannot go to the dead-letter address {} and stays: {}",
                    entry.queue.name(),
                    entry.id,
                    entry.to,
                    error.message());
            if (here(entry)) {
                entry.queue.giveBack(entry.block, entry.index);
            }
        }
        shard.schedule();
    }

    private static boolean here(Moving entry) {
        return !entry.queue.closed() && entry.block.isHere(entry.index, entry.id);
    }

    @Override
    public void opened() {
        // an anonymous producer may always send
    }

    @Override
    public void closed(BrokerError error) {
        // the broker stops: what is on its way is still here at the next start
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

    /** A message on its way back from the journal. */
    private final class Reading implements ReadCallback {
        private final Moving entry;

        Reading(Moving entry) {
            this.entry = entry;
        }

        @Override
        public void record(int index, byte[] payload) {
            send(entry, Events.message(payload));
        }

        @Override
        public void damaged(int index, JournalDamage damage) {
            entry.queue.loaded(entry.block, entry.index, entry.id, null, String.valueOf(damage.getMessage()));
        }

        @Override
        public void done() {
            shard.schedule();
        }
    }
}
