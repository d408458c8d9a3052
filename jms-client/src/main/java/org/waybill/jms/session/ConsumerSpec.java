package org.waybill.jms.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ReceiverOptions;

/**
 * What a consumer was made for.
 *
 * @param destination where from
 * @param selector which messages, or null for all
 * @param noLocal whether to leave out what this connection sent
 * @param subscription the named subscription it uses, or null
 * @param browsing whether it looks without taking
 * @param window messages the server may send ahead, or 0
 */
record ConsumerSpec(
        WaybillDestination destination,
        @Nullable String selector,
        boolean noLocal,
        Subscriptions.@Nullable Use subscription,
        boolean browsing,
        int window) {
    /** Whether the server keeps the subscription when the consumer is closed. */
    boolean isDurable() {
        return subscription != null && subscription.kind() != Subscriptions.Kind.SHARED;
    }

    private boolean isShared() {
        return subscription != null && subscription.kind() != Subscriptions.Kind.DURABLE;
    }

    /** The link's options, as the connection names the address now. */
    ReceiverOptions options(JmsConnection connection) {
        List<String> capabilities = new ArrayList<>(3);
        capabilities.add(destination.kind().capability());
        if (isShared()) {
            capabilities.add("shared");
            if (!connection.hasClientId()) {
                capabilities.add("global");
            }
        }
        ReceiverOptions options =
                ReceiverOptions.from(connection.server().addressOf(destination)).withCapabilities(capabilities);
        if (subscription != null) {
            options = options.withLinkName(subscription.linkName());
        }
        if (isDurable()) {
            options = options.withDurable();
        }
        if (browsing) {
            options = options.withBrowsing();
        }
        if (noLocal) {
            options = options.withNoLocal();
        }
        return selector == null ? options : options.withSelector(selector);
    }
}
