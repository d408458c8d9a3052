package org.waybill.broker;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.ProtocolAdapter;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SessionSpec;

/** A protocol without a network: lets a test use a whole broker, and shows that a second protocol needs no second core. */
public final class ProbeAdapter implements ProtocolAdapter, SessionHandler {
    private static final AtomicReference<@Nullable ProbeAdapter> STARTED = new AtomicReference<>();

    private @Nullable AdapterContext context;
    private @Nullable BrokerSession session;
    private boolean stopped;

    /** The one that the broker started last. */
    static ProbeAdapter started() {
        return STARTED.get();
    }

    boolean stopped() {
        return stopped;
    }

    @Override
    public String name() {
        return "probe";
    }

    @Override
    public Future<List<String>> start(AdapterContext given) {
        context = given;
        STARTED.set(this);
        return Future.succeededFuture(List.of("probe://here"));
    }

    @Override
    public int port() {
        return -1;
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        return Future.succeededFuture();
    }

    /** Sends durable messages to a queue; completes when all are settled. */
    CompletableFuture<Void> send(String queue, int count, byte[] message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        inSession(opened -> {
            Sending sending = new Sending(count, message, done);
            sending.producer = opened.openProducer(new ProducerSpec(queue, NodeKind.QUEUE), sending);
            opened.flush();
        });
        return done;
    }

    /** What the broker says of all its queues. */
    CompletableFuture<List<Map<String, Object>>> queues() {
        CompletableFuture<List<Map<String, Object>>> rows = new CompletableFuture<>();
        inSession(opened -> {
            opened.manage(
                    new Operation.Query(Operation.Type.QUEUE, 0, 100),
                    reply -> rows.complete(((Reply.Done<List<Map<String, Object>>>) reply).value()));
            opened.flush();
        });
        return rows;
    }

    private void inSession(java.util.function.Consumer<BrokerSession> task) {
        context.vertx().runOnContext(started -> {
            session = context.openSession(new SessionSpec("probe", null, "here"), this);
            task.accept(session);
        });
    }

    @Override
    public void batchEnd() {}

    @Override
    public void closed(BrokerError error) {}

    private static final class Sending implements ProducerHandler {
        private final int count;
        private final byte[] message;
        private final CompletableFuture<Void> done;
        private @Nullable Producer producer;
        private int settled;

        Sending(int count, byte[] message, CompletableFuture<Void> done) {
            this.count = count;
            this.message = message;
            this.done = done;
        }

        @Override
        public void opened() {
            for (int token = 0; token < count; token++) {
                producer.send(Message.of(message, 0), token);
            }
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            settled += (int) (lastToken - firstToken + 1);
            if (settled == count) {
                done.complete(null);
            }
        }

        @Override
        public void closed(BrokerError error) {
            done.completeExceptionally(new AssertionError(error));
        }

        @Override
        public void refused(long token, BrokerError error) {
            done.completeExceptionally(new AssertionError(error));
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
    }
}
