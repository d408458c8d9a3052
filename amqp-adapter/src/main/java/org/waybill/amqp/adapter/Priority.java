package org.waybill.amqp.adapter;

import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;

/**
 * The priority of a consumer among the consumers of its queue, as clients of other brokers state it: the link property {@code
 * rabbitmq:priority} or {@code priority}.
 *
 * @param value consumers of a higher one are served first; 0 when none is stated
 * @param applied the properties of the answering attach, or null when none was applied
 */
record Priority(int value, @Nullable Map<Symbol, Object> applied) {
    private static final Priority NONE = new Priority(0, null);

    /** @throws InvalidField when it is not a whole number of 32 bits */
    static Priority of(@Nullable Map<?, ?> properties) {
        for (Symbol name : new Symbol[] {Symbols.RABBITMQ_PRIORITY, Symbols.PRIORITY}) {
            Object stated = properties == null ? null : properties.get(name);
            if (stated != null) {
                int value = number(name, stated);
                return new Priority(value, Map.of(name, value));
            }
        }
        return NONE;
    }

    private static int number(Symbol name, Object stated) {
        if (stated instanceof Number number
                && !(stated instanceof Float || stated instanceof Double)
                && number.longValue() == number.intValue()) {
            return number.intValue();
        }
        throw new InvalidField(name + " must be a whole number, not " + stated);
    }
}
