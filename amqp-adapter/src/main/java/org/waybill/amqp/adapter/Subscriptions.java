package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/**
 * Which subscription of a topic a source stands for (AMQP-BINDMAP, as Qpid JMS has it).
 *
 * <p>A source that keeps its state ({@code durable}) and never expires is a durable subscription. Its name is the link's; that of a
 * shared one, which several links of one container may have, is the part of the link's name before the first {@code |}. Names belong
 * to the client's container, those of shared subscriptions with the capability {@code global} to nobody.
 */
final class Subscriptions {
    private static final char DELIMITER = '|';

    private Subscriptions() {}

    /** The named subscription that a source asks for; null when it asks for none. */
    static @Nullable SubscriptionSpec of(Source source, Terminus terminus, String linkName, String containerId) {
        boolean durable = isDurable(source);
        boolean shared = Terminus.has(source.getCapabilities(), Symbols.SHARED);
        if (terminus.kind() == NodeKind.QUEUE || terminus.dynamic() || !durable && !shared) {
            return null;
        }
        return new SubscriptionSpec(id(linkName, containerId, source.getCapabilities()), durable, shared);
    }

    /**
     * The subscription that an attach without a source asks for.
     *
     * @param desired what it desires of the link: {@code shared} and {@code global} say whose name it is
     */
    static SubscriptionId id(String linkName, String containerId, Symbol @Nullable [] desired) {
        if (!Terminus.has(desired, Symbols.SHARED)) {
            return new SubscriptionId(linkName, containerId);
        }
        int end = linkName.indexOf(DELIMITER);
        String name = end < 0 ? linkName : linkName.substring(0, end);
        return new SubscriptionId(name, Terminus.has(desired, Symbols.GLOBAL) ? null : containerId);
    }

    /** Whether it keeps its state and never expires. */
    static boolean isDurable(Source source) {
        TerminusDurability durability = source.getDurable();
        return durability != null
                && durability != TerminusDurability.NONE
                && source.getExpiryPolicy() == TerminusExpiryPolicy.NEVER;
    }

    /** The source of a stored subscription, as it would have to be asked for. */
    static Source stored(Map<String, Object> found) {
        Source source = new Source();
        source.setAddress((String) found.get("address"));
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        source.setDistributionMode(Symbols.COPY);
        List<Symbol> capabilities = new ArrayList<>();
        capabilities.add(Symbols.TOPIC);
        if (Boolean.TRUE.equals(found.get("shared"))) {
            capabilities.add(Symbols.SHARED);
            if (found.get("client-id") == null) {
                capabilities.add(Symbols.GLOBAL);
            }
        }
        source.setCapabilities(capabilities.toArray(new Symbol[0]));
        source.setFilter(Filters.stored((String) found.get("selector"), Boolean.TRUE.equals(found.get("no-local"))));
        return source;
    }

    /** Completes the source of an answering attach with what its subscription is. */
    static void answer(Source answer, Terminus terminus, @Nullable SubscriptionSpec subscription) {
        if (terminus.kind() != NodeKind.QUEUE && (subscription == null || !subscription.durable())) {
            answer.setDurable(TerminusDurability.NONE);
        }
        if (subscription != null && subscription.shared()) {
            List<Symbol> capabilities = new ArrayList<>(terminus.capabilities());
            capabilities.add(Symbols.SHARED);
            if (subscription.id().clientId() == null) {
                capabilities.add(Symbols.GLOBAL);
            }
            answer.setCapabilities(capabilities.toArray(new Symbol[0]));
        }
    }
}
