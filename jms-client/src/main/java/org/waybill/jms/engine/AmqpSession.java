package org.waybill.jms.engine;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.amqp.engine.SessionListener;

/** A session: the unit in which messages keep their order. Any thread; blocks at most for the connection's timeout. */
public final class AmqpSession implements AutoCloseable {
    private final AmqpConnection connection;
    private final CompletableFuture<AmqpSession> begun = new CompletableFuture<>();
    private final CompletableFuture<AmqpSession> ended = new CompletableFuture<>();
    private @Nullable SessionEngine engine;

    private AmqpSession(AmqpConnection connection) {
        this.connection = connection;
    }

    static AmqpSession begin(AmqpConnection connection) {
        AmqpSession session = new AmqpSession(connection);
        connection.execute(session::begin);
        return connection.await(session.begun, "beginning a session");
    }

    private void begin() {
        if (!connection.engine().isOpen()) {
            begun.completeExceptionally(AmqpFailure.of(null, "The connection is closed."));
            return;
        }
        SessionEngine created;
        try {
            created = connection.engine().session(new Events());
        } catch (IllegalStateException e) {
            begun.completeExceptionally(
                    new AmqpFailure(AmqpFailure.Kind.REFUSED, "The connection has no channel left."));
            return;
        }
        engine = created;
        created.begin();
    }

    /**
     * Attaches a sender.
     *
     * @throws AmqpFailure if the peer refuses, with its condition
     */
    public AmqpSender sender(Target target) {
        AmqpSender sender = new AmqpSender(this, target);
        connection.execute(sender::attach);
        return await(sender.attached(), "attaching to " + target.getAddress());
    }

    /**
     * Attaches a receiver, without credit yet.
     *
     * @throws AmqpFailure if the peer refuses, with its condition
     */
    public AmqpReceiver receiver(Source source, Target target) {
        AmqpReceiver receiver = new AmqpReceiver(this, source, target);
        connection.execute(receiver::attach);
        return await(receiver.attached(), "attaching to " + source.getAddress());
    }

    /** Ends it with its links. What they have unsettled goes back to the peer. */
    @Override
    public void close() {
        if (!ended.isDone() && connection.isOpen()) {
            execute(() -> engine().end(null));
            await(ended, "ending a session");
        }
    }

    void execute(Runnable action) {
        connection.execute(action);
    }

    <T> T await(CompletableFuture<T> answer, String what) {
        return connection.await(answer, what);
    }

    /** On the loop, once begun. */
    SessionEngine engine() {
        SessionEngine begunEngine = engine;
        if (begunEngine == null) {
            throw new IllegalStateException("a session that has not begun");
        }
        return begunEngine;
    }

    static String linkName() {
        return UUID.randomUUID().toString();
    }

    private final class Events implements SessionListener {
        @Override
        public void onBegin(SessionEngine session, Begin begin) {
            begun.complete(AmqpSession.this);
        }

        @Override
        public void onSender(SessionEngine session, SenderLink link) {
            link.refuse(Conditions.error(Conditions.NOT_ALLOWED, "a client attaches links itself"));
        }

        @Override
        public void onReceiver(SessionEngine session, ReceiverLink link) {
            link.refuse(Conditions.error(Conditions.NOT_ALLOWED, "a client attaches links itself"));
        }

        @Override
        public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
            begun.completeExceptionally(AmqpFailure.of(error, "The session ended."));
            ended.complete(AmqpSession.this);
        }
    }
}
