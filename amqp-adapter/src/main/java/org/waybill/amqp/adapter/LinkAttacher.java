package org.waybill.amqp.adapter;

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
import org.waybill.selector.SelectorError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.ProducerSpec;

/**
 * Reads what a client attaches and makes the link for it: a producer, a consumer, one end of the management node, or a refusal
 * (AMQP 1.0 part 2, section 2.6.3). One for each connection, for all of its sessions.
 */
final class LinkAttacher implements SessionListener {
    private final AmqpConnection connection;
    private final Management management;

    LinkAttacher(AmqpConnection connection) {
        this.connection = connection;
        this.management = new Management(connection);
    }

    @Override
    public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
        // its links were told
    }

    // --- the client consumes

    @Override
    public void onSender(SessionEngine session, SenderLink link) {
        Attach asked = asked(link);
        if (!(asked.getSource() instanceof Source source)) {
            link.refuse(Conditions.error(
                    Conditions.NOT_FOUND, "there is no stored source of link " + link.name() + " and none was given"));
            return;
        }
        Terminus terminus = Terminus.of(source);
        ErrorCondition refusal = refusal(terminus);
        if (refusal != null) {
            link.refuse(refusal);
        } else if (terminus.dynamic()) {
            temporary(link, terminus, address -> consume(link, asked, terminus, source, address));
        } else if (terminus.isManagement()) {
            management.attach(link, asked);
        } else if (terminus.address() == null) {
            link.refuse(Conditions.error(Conditions.INVALID_FIELD, "a source needs an address or must be dynamic"));
        } else {
            consume(link, asked, terminus, source, null);
        }
    }

    private void consume(SenderLink link, Attach asked, Terminus terminus, Source source, @Nullable String temporary) {
        Filters filters;
        try {
            filters = Filters.of(source.getFilter());
        } catch (SelectorError e) {
            link.refuse(Conditions.error(Conditions.INVALID_FIELD, "the selector is wrong: " + e.getMessage()));
            return;
        }
        boolean browse = Symbols.COPY.equals(source.getDistributionMode());
        boolean preSettled = asked.getSndSettleMode() == SenderSettleMode.SETTLED;
        Source answer = terminus.answer(source, temporary);
        answer.setDistributionMode(browse ? Symbols.COPY : Symbols.MOVE);
        answer.setFilter(filters.applied());
        answer.setDefaultOutcome(source.getDefaultOutcome());
        String address = java.util.Objects.requireNonNull(answer.getAddress());
        ConsumerSpec spec = new ConsumerSpec(
                address,
                terminus.kind(),
                browse,
                preSettled,
                ConsumerLink.defaultOutcome(source, connection.loop().codec()),
                filters.selector());
        ConsumerLink consumer =
                new ConsumerLink(connection, link, spec, ConsumerLink.answer(asked, answer, preSettled));
        if (temporary != null) {
            consumer.temporary(temporary);
        }
        link.listener(consumer);
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
        ErrorCondition refusal = refusal(terminus);
        if (refusal != null) {
            link.refuse(refusal);
        } else if (terminus.dynamic()) {
            temporary(link, terminus, address -> produce(link, asked, terminus, target, address));
        } else if (terminus.isManagement()) {
            management.attach(link, asked);
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

    private static Attach asked(Link link) {
        return java.util.Objects.requireNonNull(link.remoteAttach());
    }

    private @Nullable ErrorCondition refusal(Terminus terminus) {
        if (!connection.hasRoomForLink()) {
            return Conditions.error(
                    Conditions.RESOURCE_LIMIT_EXCEEDED, "the connection has as many links as are allowed");
        }
        if (terminus.kind() == NodeKind.TOPIC) {
            return Conditions.error(
                    Conditions.NOT_IMPLEMENTED, "topics are not available in this version, use a queue");
        }
        return null;
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
