package org.waybill.amqp.adapter;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.Link;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.amqp.engine.SessionListener;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/**
 * Reads what a client attaches and makes the link for it: a producer, a consumer, one end of a node of the broker's own, or a refusal
 * (AMQP 1.0 part 2, section 2.6.3). One for each connection, for all of its sessions.
 */
final class LinkAttacher implements SessionListener {
    private final AmqpConnection connection;
    private final Map<String, NodeLinks> ownNodes;

    LinkAttacher(AmqpConnection connection) {
        this.connection = connection;
        this.ownNodes = Map.of(
                Terminus.MANAGEMENT, new Management(connection).links(), Terminus.XA, new XaNode(connection).links());
    }

    @Override
    public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
        // its links were told
    }

    // --- the client consumes

    @Override
    public void onSender(SessionEngine session, SenderLink link) {
        Attach asked = asked(link);
        LinkRegistry.Key key = new LinkRegistry.Key(connection.containerId(), link.name(), true);
        if (asked.getSource() instanceof Source source) {
            if (redirected(link, asked, Terminus.of(source))) {
                return;
            }
            if (Subscriptions.isDurable(source)
                    && connection.loop().shared().links().isHeldBy(connection, key)) {
                // two consumers of one client; taking over is for a client that lost its former connection
                link.refuse(Conditions.error(
                        Conditions.RESOURCE_LOCKED,
                        "subscription " + link.name() + " has a consumer on this connection already"));
                return;
            }
            connection.vacate(key, () -> attach(link, asked, source));
        } else {
            connection.vacate(key, () -> resume(link, asked));
        }
    }

    private void attach(SenderLink link, Attach asked, Source source) {
        if (link.isOver()) {
            return;
        }
        Terminus terminus = Terminus.of(source);
        if (refusedForRoom(link)) {
            return;
        }
        NodeLinks own = ownNode(terminus);
        if (terminus.dynamic()) {
            temporary(link, terminus, address -> consume(link, asked, terminus, source, address));
        } else if (own != null) {
            own.attach(link, asked);
        } else if (terminus.address() == null) {
            link.refuse(Conditions.error(Conditions.INVALID_FIELD, "a source needs an address or must be dynamic"));
        } else {
            consume(link, asked, terminus, source, null);
        }
    }

    /** Attaches a link without a source to the durable subscription of its name, be it to consume or to unsubscribe. */
    private void resume(SenderLink link, Attach asked) {
        if (link.isOver() || refusedForRoom(link)) {
            return;
        }
        SubscriptionId id = Subscriptions.id(link.name(), connection.containerId(), asked.getDesiredCapabilities());
        connection.session().findSubscription(id, reply -> {
            if (!connection.isOpen() || link.isOver()) {
                return;
            }
            if (reply instanceof Reply.Done<Map<String, Object>> found) {
                Source source = Subscriptions.stored(found.value());
                consume(link, asked, Terminus.of(source), source, null);
            } else if (reply instanceof Reply.Refused<Map<String, Object>> refused) {
                link.refuse(Errors.of(refused.error()));
            }
        });
    }

    private void consume(SenderLink link, Attach asked, Terminus terminus, Source source, @Nullable String temporary) {
        SubscriptionSpec subscription = Subscriptions.of(source, terminus, link.name(), connection.containerId());
        boolean mayBeLocal = terminus.kind() != NodeKind.QUEUE && (subscription == null || !subscription.shared());
        Filters filters;
        Priority priority;
        try {
            filters = Filters.of(source.getFilter(), mayBeLocal);
            priority = Priority.of(asked.getProperties());
        } catch (InvalidField e) {
            invalid(link, temporary, String.valueOf(e.getMessage()));
            return;
        }
        boolean copy = Symbols.COPY.equals(source.getDistributionMode());
        boolean preSettled = asked.getSndSettleMode() == SenderSettleMode.SETTLED;
        Source answer = terminus.answer(source, temporary);
        answer.setDistributionMode(copy ? Symbols.COPY : Symbols.MOVE);
        answer.setFilter(filters.applied());
        answer.setDefaultOutcome(source.getDefaultOutcome());
        Subscriptions.answer(answer, terminus, subscription);
        ConsumerSpec spec = new ConsumerSpec(
                java.util.Objects.requireNonNull(answer.getAddress()),
                terminus.kind(),
                copy && terminus.kind() != NodeKind.TOPIC && subscription == null,
                preSettled,
                ConsumerLink.defaultOutcome(source, connection.loop().codec()),
                filters.selector(),
                subscription,
                filters.noLocal(),
                priority.value());
        Attach answering = ConsumerLink.answer(asked, answer, preSettled);
        answering.setProperties(priority.applied());
        ConsumerLink consumer = new ConsumerLink(connection, link, spec, answering);
        if (temporary != null) {
            consumer.temporary(temporary);
        }
        link.listener(consumer);
    }

    private void invalid(SenderLink link, @Nullable String temporary, String problem) {
        if (temporary != null) {
            connection.session().deleteTemporary(temporary);
        }
        link.refuse(Conditions.error(Conditions.INVALID_FIELD, problem));
    }

    // --- the client produces

    @Override
    public void onReceiver(SessionEngine session, ReceiverLink link) {
        Attach asked = asked(link);
        if (asked.getTarget() instanceof Coordinator) {
            CoordinatorLink coordinator = new CoordinatorLink(connection, link, connection.transactions());
            link.listener(coordinator);
            coordinator.attach(asked);
            return;
        }
        if (!(asked.getTarget() instanceof Target target)) {
            link.refuse(Conditions.error(Conditions.INVALID_FIELD, "a sender needs a target"));
            return;
        }
        Terminus terminus = Terminus.of(target);
        if (refusedForRoom(link) || redirected(link, asked, terminus)) {
            return;
        }
        NodeLinks own = ownNode(terminus);
        if (terminus.dynamic()) {
            temporary(link, terminus, address -> produce(link, asked, terminus, target, address));
        } else if (own != null) {
            own.attach(link, asked);
        } else {
            produce(link, asked, terminus, target, null);
        }
    }

    private void produce(
            ReceiverLink link, Attach asked, Terminus terminus, Target target, @Nullable String temporary) {
        Target answer = terminus.answer(target, temporary);
        ProducerLink producer = new ProducerLink(
                connection,
                link,
                new ProducerSpec(answer.getAddress(), terminus.kind()),
                ProducerLink.answer(asked, answer));
        if (temporary != null) {
            producer.temporary(temporary);
        }
        link.listener(producer);
    }

    // --- both

    private @Nullable NodeLinks ownNode(Terminus terminus) {
        return terminus.address() == null ? null : ownNodes.get(terminus.address());
    }

    private static Attach asked(Link link) {
        return java.util.Objects.requireNonNull(link.remoteAttach());
    }

    private boolean redirected(Link link, Attach asked, Terminus terminus) {
        ErrorCondition elsewhere = ownNode(terminus) == null ? connection.near().refusal(asked, terminus) : null;
        if (elsewhere != null) {
            link.refuse(elsewhere);
        }
        return elsewhere != null;
    }

    private boolean refusedForRoom(Link link) {
        if (connection.hasRoomForLink()) {
            return false;
        }
        link.refuse(Conditions.error(
                Conditions.RESOURCE_LIMIT_EXCEEDED, "the connection has as many links as are allowed"));
        return true;
    }

    private void temporary(Link link, Terminus terminus, Consumer<String> then) {
        connection.session().createTemporary(terminus.kind(), reply -> {
            if (reply instanceof Reply.Refused<String> refused) {
                link.refuse(Errors.of(refused.error()));
            } else if (reply instanceof Reply.Done<String> done) {
                if (!connection.isOpen()) {
                    return;
                }
                if (link.isOver()) {
                    connection.session().deleteTemporary(done.value());
                } else {
                    then.accept(done.value());
                }
            }
        });
    }
}
