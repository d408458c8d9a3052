package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;

/** Takes messages out of one queue, well and badly, and waits for the confirmation of what it acknowledges. */
final class WorldConsumer extends WorldClient {
    private static final int CREDIT = 4;

    private final String queue;
    private final boolean keeps;
    private @Nullable Open open;
    private boolean finishing;

    /** What it has on one connection. */
    private final class Open implements ConsumerHandler {
        private final Link link;
        private final Consumer consumer;
        private final TreeMap<Long, WorldHistory.Sent> held = new TreeMap<>();
        private final Map<Long, WorldHistory.Sent> acknowledged = new HashMap<>();
        private long settled;

        Open(Link link) {
            this.link = link;
            this.consumer = link.session()
                    .openConsumer(new ConsumerSpec(queue, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), this);
            consumer.credit(CREDIT, false);
        }

        private void settle() {
            Map.Entry<Long, WorldHistory.Sent> first = held.pollFirstEntry();
            if (first == null) {
                return;
            }
            long token = first.getKey();
            int die = keeps ? world.random().nextInt(12) : 8;
            if (die < 8) {
                first.getValue().mayBeConsumed = true;
                acknowledged.put(token, first.getValue());
                consumer.settle(token, token, Outcome.ACCEPTED, true);
            } else if (die < 11) {
                consumer.settle(token, token, Outcome.RELEASED, true);
            } else {
                consumer.settle(token, token, Outcome.FAILED, true);
            }
            consumer.credit(++settled + CREDIT, false);
        }

        @Override
        public void opened() {
            // credit was given before
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(name + " is refused: " + error);
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            if (!link.isLost()) {
                held.put(token, link.delivered(queue, WorldMessages.textOf(message)));
                consumer.consumed(message.size());
                world.history().count("delivered");
                WorldHistory.require(token < settled + CREDIT, "I17", name + " gets more than it has asked for");
            }
        }

        @Override
        public void drained(long limitToken) {
            // it does not ask for that
        }

        @Override
        public void settled(long firstToken, long lastToken) {
            for (long token = firstToken; token <= lastToken && !link.isLost(); token++) {
                WorldHistory.Sent sent = acknowledged.remove(token);
                if (sent != null) {
                    WorldHistory.require(!sent.isConsumed, "I6", sent.text + " is consumed twice");
                    sent.isConsumed = true;
                    world.history().count("consumed");
                }
            }
        }
    }

    /** @param keeps whether it acknowledges some of what it gets; else it only looks and gives it back */
    WorldConsumer(World world, String name, String queue, boolean keeps) {
        super(world, name);
        this.queue = queue;
        this.keeps = keeps;
        every(100, this::settle);
    }

    @Override
    void connected(Link made) {
        open = new Open(made);
    }

    @Override
    void disconnected() {
        open = null;
    }

    @Override
    void finish() {
        finishing = true;
    }

    @Override
    boolean isDone() {
        Open on = open;
        return on == null || on.acknowledged.isEmpty();
    }

    @Override
    String describe() {
        Open on = open;
        List<Long> waiting = on == null ? List.of() : new ArrayList<>(on.acknowledged.keySet());
        return name + " of " + queue + " waits for the confirmation of " + waiting;
    }

    private void settle() {
        Open on = open;
        if (on != null && !finishing) {
            on.link.run(() -> {
                if (!finishing) {
                    on.settle();
                }
            });
        }
    }
}
