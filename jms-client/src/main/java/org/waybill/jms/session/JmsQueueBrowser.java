package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.util.Enumeration;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.session.IncomingLink.Delivered;

/**
 * Looks at what is in a queue (JMS 6.2.10). Each enumeration has a link of its own, and ends where the server has no more; a lost
 * connection ends it with an exception.
 */
public final class JmsQueueBrowser implements QueueBrowser {
    private final SessionWork session;
    private final Queue queue;
    private final ConsumerSpec spec;
    private @Nullable Browsing current;
    private boolean closed;

    JmsQueueBrowser(SessionWork session, Queue queue, ConsumerSpec spec) {
        this.session = session;
        this.queue = queue;
        this.spec = spec;
    }

    /** Finds out whether the server lets this be browsed. */
    void check() throws JMSException {
        new Browsing(0).end();
    }

    @Override
    public Enumeration<?> getEnumeration() throws JMSException {
        checkOpen();
        end();
        Browsing fresh = new Browsing(spec.window());
        current = fresh;
        return fresh;
    }

    @Override
    public Queue getQueue() throws JMSException {
        checkOpen();
        return queue;
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        checkOpen();
        return spec.selector();
    }

    private void checkOpen() throws IllegalStateException {
        if (closed) {
            throw Failures.closed("the browser of '" + spec.destination() + "'", null);
        }
        session.checkOpen();
    }

    @Override
    public void close() {
        closed = true;
        end();
    }

    private void end() {
        Browsing last = current;
        current = null;
        if (last != null) {
            last.end();
        }
    }

    /** One look from the first message to the last. */
    @SuppressWarnings("JdkObsolete") // JMS wants an Enumeration
    private final class Browsing implements Enumeration<Message> {
        private final IncomingLink link;
        private @Nullable JmsMessage next;
        private boolean ended;

        Browsing(int window) throws JMSException {
            link = new IncomingLink(() -> spec.options(session.connection()), window, () -> {}, why -> {});
            String doing = "cannot browse '" + spec.destination() + "'";
            try {
                session.call(doing, engine -> {
                    link.attach(engine);
                    return link;
                });
            } catch (JMSException e) {
                throw spec.selector() != null && e.getCause() instanceof ClientException cause
                        ? Failures.ofSelector(doing + " with the selector '" + spec.selector() + "'", cause)
                        : e;
            }
        }

        @Override
        public boolean hasMoreElements() {
            if (next == null && !ended && session.delivery().isStarted()) {
                find();
            }
            return next != null;
        }

        @Override
        public Message nextElement() {
            if (!hasMoreElements()) {
                throw new NoSuchElementException("the browser has shown all there was");
            }
            JmsMessage found = next;
            next = null;
            if (found == null) {
                throw new NoSuchElementException("the browser has shown all there was");
            }
            return found;
        }

        private void find() {
            ClientReceiver from = link.receiver();
            if (from == null) {
                return;
            }
            try {
                boolean asked = false;
                while (next == null) {
                    Delivered here = link.poll();
                    if (here != null) {
                        next = session.delivery().screen(here, spec);
                        here.delivery().accept();
                    } else if (!link.fetch(from, 0)) {
                        if (asked) {
                            end();
                            return;
                        }
                        asked = true;
                        link.drain(from);
                    }
                }
            } catch (ClientException e) {
                ended = true;
                JMSException reason = Failures.of("cannot browse '" + spec.destination() + "' to its end", e);
                throw new JMSRuntimeException(reason.getMessage(), reason.getErrorCode(), reason);
            }
        }

        void end() {
            ended = true;
            link.close(false);
        }
    }
}
