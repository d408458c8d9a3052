package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;

/** What an address may be called. */
public final class Names {
    /** What temporary queues are called before their number; auto-creation never makes such a name. */
    public static final String TEMPORARY_PREFIX = "$temporary.";

    /** The same for topics, so that the name alone says which it is. */
    public static final String TEMPORARY_TOPIC_PREFIX = "$temporary-topic.";

    private static final int MAX_LENGTH = 1024;

    private Names() {}

    /** Why a node of this name cannot be created by whoever uses it, or null. */
    static @Nullable BrokerError refusal(String name) {
        if (name.isEmpty()) {
            return new BrokerError(Code.INVALID_FIELD, "an address is empty");
        }
        if (name.length() > MAX_LENGTH) {
            return new BrokerError(
                    Code.INVALID_FIELD,
                    "an address has " + name.length() + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        if (name.startsWith("$")) {
            return new BrokerError(
                    Code.NOT_FOUND, "node " + name + " does not exist; names that begin with $ are the broker's own");
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return new BrokerError(Code.INVALID_FIELD, "an address has a control character at position " + i);
            }
        }
        return null;
    }
}
