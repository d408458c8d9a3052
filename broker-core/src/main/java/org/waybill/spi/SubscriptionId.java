package org.waybill.spi;

import org.jspecify.annotations.Nullable;

/**
 * Names a subscription (Jakarta Messaging 3.1, section 8.3).
 *
 * @param name the name that its subscriber chose
 * @param clientId the client whose names it belongs to; null for the names that all clients share
 */
public record SubscriptionId(String name, @Nullable String clientId) {
    @Override
    public String toString() {
        return clientId == null ? name : name + " of client " + clientId;
    }
}
