package org.waybill.jms.message;

import jakarta.jms.JMSException;
import java.util.Set;

/** What properties may be called (Jakarta Messaging 3.1, sections 3.5.1 and 3.8.1.1). */
final class PropertyNames {
    private static final Set<String> HEADERS = Set.of(
            "JMSDestination",
            "JMSDeliveryMode",
            "JMSMessageID",
            "JMSTimestamp",
            "JMSCorrelationID",
            "JMSReplyTo",
            "JMSRedelivered",
            "JMSType",
            "JMSExpiration",
            "JMSPriority",
            "JMSDeliveryTime");

    private static final Set<String> DELIVERY =
            Set.of("JMSXDeliveryCount", "JMSXRcvTimestamp", "JMSXState", "JMSXProducerTXID", "JMSXConsumerTXID");

    private PropertyNames() {}

    /** Whether it names what a provider says of a message on its way, which no message brings along to another provider. */
    static boolean isProviders(String name) {
        return HEADERS.contains(name) || DELIVERY.contains(name);
    }

    /**
     * Checks a name under which a property shall be set.
     *
     * @param strictly whether it must be one that selectors can use
     * @throws IllegalArgumentException if there is none
     * @throws JMSException if it cannot be used
     */
    static void check(String name, boolean strictly) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a property without a name");
        }
        if (HEADERS.contains(name)) {
            throw new JMSException(name + " is a header and no property; use set" + name);
        }
        if (strictly) {
            checkIdentifier(name);
        }
    }

    /**
     * Letters and digits alone: words that selectors reserve, such as {@code true}, pass, for there are programs that use them and
     * no other provider minds. A selector cannot name them.
     */
    private static void checkIdentifier(String name) throws JMSException {
        if (!Character.isJavaIdentifierStart(name.charAt(0))) {
            throw wrong(name, "a selector's identifier does not begin with '" + name.charAt(0) + "'");
        }
        for (int i = 1; i < name.length(); i++) {
            if (!Character.isJavaIdentifierPart(name.charAt(i))) {
                throw wrong(name, "a selector's identifier has no '" + name.charAt(i) + "'");
            }
        }
    }

    private static JMSException wrong(String name, String why) {
        return new JMSException("the property name '" + name + "' cannot be used: " + why
                + " (jms.validatePropertyNames=false allows any name)");
    }
}
