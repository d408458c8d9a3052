package org.waybill.jms.session;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.session.IncomingLink.Delivered;

/**
 * Hands what arrives to an application server's sessions (JMS 6.1.4): takes all that is here, up to the number that the server wants at
 * once, loads it into a session of the pool, and has the server run that.
 */
public final class JmsConnectionConsumer implements ConnectionConsumer {
    private final SessionWork session;
    private final ConsumerSpec spec;
    private final ServerSessionPool pool;
    private final int maxMessages;
    private final Function<Session, SessionWork> workOf;
    private final IncomingLink link;
    private final ReentrantLock taking = new ReentrantLock();
    private volatile boolean closed;

    /**
     * Not attached yet.
     *
     * @param session a session of its own, whose thread loads what arrives
     * @param workOf what is behind a session of the pool
     */
    JmsConnectionConsumer(
            SessionWork session,
            ConsumerSpec spec,
            ServerSessionPool pool,
            int maxMessages,
            Function<Session, SessionWork> workOf) {
        this.session = session;
        this.spec = spec;
        this.pool = pool;
        this.maxMessages = maxMessages;
        this.workOf = workOf;
        this.link = new IncomingLink(() -> spec.options(session.connection()), spec.window(), this::wake, this::ended);
    }

    IncomingLink link() {
        return link;
    }

    ConsumerSpec spec() {
        return spec;
    }

    /** Something may be here. Never blocks. */
    void wake() {
        session.delivery().dispatch(this::load);
    }

    private void load() {
        taking.lock();
        try {
            while (!closed && session.delivery().isStarted()) {
                List<Delivered> batch = batch();
                if (batch.isEmpty()) {
                    return;
                }
                handOver(batch);
            }
        } catch (ClientException e) {
            session.survives(e);
        } finally {
            taking.unlock();
        }
    }

    private List<Delivered> batch() {
        List<Delivered> batch = new ArrayList<>();
        ClientReceiver from = link.receiver();
        while (from != null && batch.size() < maxMessages) {
            Delivered next = link.poll();
            if (next != null) {
                batch.add(next);
            } else if (!link.fetch(from, 0)) {
                link.pull(from);
                break;
            }
        }
        return batch;
    }

    private void handOver(List<Delivered> batch) {
        try {
            ServerSession server = pool.getServerSession();
            SessionWork work = workOf.apply(server.getSession());
            for (Delivered next : batch) {
                work.loaded().add(next, spec);
            }
            server.start();
        } catch (JMSException | RuntimeException e) {
            // A pool that ends with its connection has failed at nothing.
            boolean failed = !closed && session.delivery().isStarted();
            for (int last = batch.size() - 1; last >= 0; last--) {
                batch.get(last).delivery().modify(failed, false);
            }
            session.connection()
                    .report(Failures.withCause(
                            new JMSException("the pool gave no session to run: " + e.getMessage(), "no-session"), e));
        }
    }

    private void ended(ClientException why) {
        if (!session.endsWithItsConnection(why)) {
            closed = true;
            session.connection()
                    .report(Failures.of("the connection consumer of '" + spec.destination() + "' was closed", why));
        }
    }

    @Override
    public ServerSessionPool getServerSessionPool() throws JMSException {
        if (closed) {
            throw closed(null);
        }
        return pool;
    }

    private IllegalStateException closed(@Nullable Exception why) {
        return Failures.closed("the connection consumer of '" + spec.destination() + "'", why);
    }

    @Override
    public void close() throws JMSException {
        if (closed) {
            return;
        }
        closed = true;
        taking.lock();
        try {
            link.giveBack();
        } catch (ClientException e) {
            // Lost: the server has everything back.
        } finally {
            taking.unlock();
        }
        link.close(spec.isDurable());
        Subscriptions.Use use = spec.subscription();
        if (use != null) {
            session.connection().release(use);
        }
        session.connection().connectionConsumers().remove(this);
        session.close(null);
    }

    /** Marks it closed with its connection, which does the rest. */
    void closeWithConnection() {
        closed = true;
    }
}
