package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;

/** Looks at all that is in the queues when everybody has left. */
final class WorldInspection extends WorldClient {
    private static final int ALL = 1 << 20;

    private final Map<String, List<String>> found = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();

    WorldInspection(World world) {
        super(world, "inspector");
    }

    void run() {
        missing.addAll(world.clients().queues());
        connect();
        world.until("all queues are looked at", missing::isEmpty);
        leave();
        world.history().check(found);
    }

    @Override
    void connected(Link made) {
        missing.forEach(queue -> new Look(made, queue));
    }

    @Override
    void disconnected() {
        // what is missing is looked at again
    }

    @Override
    void finish() {
        // it ends by itself
    }

    @Override
    boolean isDone() {
        return missing.isEmpty();
    }

    @Override
    String describe() {
        return "not looked at: " + missing;
    }

    /** One queue. */
    private final class Look implements ConsumerHandler {
        private final Link link;
        private final String queue;
        private final List<String> texts = new ArrayList<>();
        private final Consumer browser;

        Look(Link link, String queue) {
            this.link = link;
            this.queue = queue;
            this.browser = link.session()
                    .openConsumer(new ConsumerSpec(queue, NodeKind.QUEUE, true, false, Outcome.RELEASED, null), this);
            browser.credit(ALL, true);
        }

        @Override
        public void opened() {
            // credit was given before
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(queue + " cannot be looked at: " + error);
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            texts.add(WorldMessages.textOf(message));
            browser.consumed(message.size());
        }

        @Override
        public void drained(long limitToken) {
            if (!link.isLost()) {
                found.put(queue, texts);
                missing.remove(queue);
            }
        }

        @Override
        public void settled(long firstToken, long lastToken) {
            // it settles nothing
        }
    }
}
