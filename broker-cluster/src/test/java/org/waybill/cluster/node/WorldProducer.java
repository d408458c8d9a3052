package org.waybill.cluster.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;

/**
 * Sends durable messages to several queues over one session, some at a time without waiting. One that numbers its messages sends again
 * what was not answered; another leaves it at that.
 */
final class WorldProducer extends WorldClient {
    private static final int MOST_UNANSWERED = 12;

    private final List<String> queues;
    private final @Nullable UUID id;
    private final Map<Long, Waiting> unanswered = new LinkedHashMap<>();
    private @Nullable Open open;
    private int connections;
    private long lastToken;
    private long lastSequence;
    private boolean finishing;

    private record Waiting(WorldHistory.Sent sent, long sequence, int padding, long sentNs) {}

    /** What it has on one connection. */
    private final class Open implements ProducerHandler {
        private final Link link;
        private final Producer producer;
        private boolean isOpen;
        private boolean isBlocked;

        Open(Link link) {
            this.link = link;
            this.producer = link.session().openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
        }

        private void send(long token, Waiting waiting) {
            producer.send(
                    WorldMessages.message(waiting.sent.queue, waiting.sent.text, id, waiting.sequence, waiting.padding),
                    token);
        }

        @Override
        public void opened() {
            isOpen = true;
            unanswered.forEach((token, waiting) -> {
                waiting.sent.mayBeLate |= world.wasFullSince(waiting.sentNs);
                send(token, waiting);
            });
            link.session().flush();
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(name + " is refused: " + error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            for (long token = firstToken; token <= lastToken && !link.isLost(); token++) {
                Waiting waiting = unanswered.remove(token);
                if (waiting != null && outcome.equals(Outcome.ACCEPTED)) {
                    waiting.sent.isStored = true;
                    world.history().count("stored");
                }
            }
        }

        @Override
        public void refused(long token, BrokerError error) {
            if (!link.isLost()) {
                unanswered.remove(token);
                world.history().count("refused");
            }
        }

        @Override
        public void blocked(String reason) {
            isBlocked = true;
        }

        @Override
        public void unblocked() {
            isBlocked = false;
        }
    }

    /** @param queues what it sends to; one of them at random */
    WorldProducer(World world, String name, boolean numbers, List<String> queues, int everyMs) {
        super(world, name);
        this.queues = queues;
        this.id = numbers ? new UUID(world.random().nextLong(), world.random().nextLong()) : null;
        every(everyMs, this::send);
    }

    @Override
    void connected(Link made) {
        connections++;
        open = new Open(made);
    }

    @Override
    void disconnected() {
        open = null;
        if (id == null) {
            unanswered.clear();
        }
    }

    @Override
    void finish() {
        finishing = true;
    }

    @Override
    boolean isDone() {
        return unanswered.isEmpty();
    }

    @Override
    String describe() {
        return name + " waits for " + unanswered.size();
    }

    private void send() {
        Open on = open;
        if (on != null && !finishing) {
            on.link.run(() -> {
                int burst = 1 + world.random().nextInt(4);
                for (int i = 0; i < burst && mayOn(on); i++) {
                    String queue = queues.get(world.random().nextInt(queues.size()));
                    int padding =
                            world.random().nextInt(6) == 0 ? world.random().nextInt(1_500) : 0;
                    Waiting waiting = new Waiting(
                            world.history().send(stream(), queue, null), ++lastSequence, padding, world.nowNs());
                    long token = ++lastToken;
                    unanswered.put(token, waiting);
                    on.send(token, waiting);
                }
            });
        }
    }

    /** What it sends without numbers over one connection may be overtaken by what it sends over the next. */
    private String stream() {
        return id == null ? name + '.' + connections : name;
    }

    private boolean mayOn(Open on) {
        return on.isOpen && !on.isBlocked && !finishing && unanswered.size() < MOST_UNANSWERED;
    }
}
