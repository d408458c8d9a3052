package org.waybill.jms.session;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;

/** How a session's consumers and browsers begin and end, with the subscriptions that they use. Any thread. */
final class SessionConsumers {
    private final SessionWork session;
    private final SessionLinks links;

    SessionConsumers(SessionWork session, SessionLinks links) {
        this.session = session;
        this.links = links;
    }

    JmsMessageConsumer consumer(
            @Nullable Destination destination,
            @Nullable String selector,
            boolean noLocal,
            Subscriptions.@Nullable Kind kind,
            @Nullable String name)
            throws JMSException {
        ConsumerSpec spec = spec(destination, selector, noLocal, kind, name);
        JmsMessageConsumer consumer = new JmsMessageConsumer(session, spec);
        attach(spec, consumer.link(), () -> links.add(consumer));
        return consumer;
    }

    /** What to consume, and how; the subscription is in use from now on. */
    ConsumerSpec spec(
            @Nullable Destination destination,
            @Nullable String selector,
            boolean noLocal,
            Subscriptions.@Nullable Kind kind,
            @Nullable String name)
            throws JMSException {
        session.checkOpen();
        WaybillDestination from = required(destination);
        session.connection().temporaries().checkMayConsume(from);
        String filter = selector == null || selector.isBlank() ? null : selector;
        Subscriptions.Use use = kind == null ? null : session.connection().subscribe(kind, name, from, filter);
        boolean isDurable = kind != null && kind != Subscriptions.Kind.SHARED;
        return new ConsumerSpec(from, filter, noLocal, use, false, window(from, isDurable));
    }

    void attach(JmsConnectionConsumer consumer) throws JMSException {
        attach(consumer.spec(), consumer.link(), () -> links.add(consumer.link()));
    }

    private void attach(ConsumerSpec spec, IncomingLink link, Runnable made) throws JMSException {
        boolean attached = false;
        try {
            attachLink(spec, link, made);
            attached = true;
        } finally {
            Subscriptions.Use use = spec.subscription();
            if (!attached && use != null) {
                session.connection().release(use);
            }
        }
    }

    private void attachLink(ConsumerSpec spec, IncomingLink link, Runnable made) throws JMSException {
        String doing = "cannot create a consumer of '" + spec.destination() + "'";
        try {
            session.call(doing, engine -> {
                link.attach(engine);
                checkFilters(spec, link);
                made.run();
                return link;
            });
        } catch (JMSException e) {
            throw spec.selector() != null && e.getCause() instanceof ClientException cause
                    ? Failures.ofSelector(doing + " with the selector '" + spec.selector() + "'", cause)
                    : e;
        } catch (UnsupportedOperationException e) {
            throw Failures.withCause(new JMSException(doing + ": " + e.getMessage(), "not-offered"), e);
        }
    }

    private static void checkFilters(ConsumerSpec spec, IncomingLink link) {
        ClientReceiver receiver = link.receiver();
        if (spec.selector() != null
                && receiver != null
                && !receiver.appliedFilters().contains("jms-selector")) {
            link.close(false);
            throw new UnsupportedOperationException("the server does not select messages by a selector");
        }
    }

    private static WaybillDestination required(@Nullable Destination destination) throws JMSException {
        WaybillDestination from = WaybillDestination.from(destination);
        if (from == null) {
            throw new InvalidDestinationException("there is no destination to consume from", "invalid-value");
        }
        return from;
    }

    private int window(WaybillDestination from, boolean isDurable) {
        ConnectionSettings.Prefetch prefetch = session.settings().prefetch();
        if (from.kind().isQueue()) {
            return prefetch.queue();
        }
        return isDurable ? prefetch.durableTopic() : prefetch.topic();
    }

    JmsQueueBrowser browser(@Nullable Queue queue, @Nullable String selector) throws JMSException {
        session.checkOpen();
        WaybillDestination from = required(queue);
        String filter = selector == null || selector.isBlank() ? null : selector;
        // A window of 0 would mean a question for each message of what may be many.
        int window = Math.max(1, session.settings().prefetch().browser());
        ConsumerSpec spec = new ConsumerSpec(from, filter, false, null, true, window);
        JmsQueueBrowser browser =
                new JmsQueueBrowser(session, queue == null ? new WaybillQueue(from.address()) : queue, spec);
        browser.check();
        return browser;
    }

    /** The application has closed a consumer. */
    void remove(JmsMessageConsumer consumer) {
        boolean stays = session.delivery().holds(consumer.link());
        links.remove(consumer, stays);
        Subscriptions.Use use = consumer.spec().subscription();
        if (use != null && !stays) {
            session.connection().release(use);
        }
    }

    boolean isRetired(IncomingLink link) {
        return links.isRetired(link);
    }

    /** Lets go of closed consumers whose messages are acknowledged. */
    void closeRetired() {
        for (JmsMessageConsumer consumer :
                links.takeRetired(one -> !session.delivery().holds(one.link()))) {
            Subscriptions.Use use = consumer.spec().subscription();
            if (use != null) {
                session.connection().release(use);
            }
        }
    }

    /** Lets go of a closed consumer of this subscription, which another consumer is about to use. */
    void releaseRetired(@Nullable String subscription) {
        for (JmsMessageConsumer consumer : links.takeRetired(one -> {
            Subscriptions.Use use = one.spec().subscription();
            return use != null && use.name().equals(subscription);
        })) {
            Subscriptions.Use use = consumer.spec().subscription();
            if (use != null) {
                session.connection().release(use);
            }
        }
    }
}
