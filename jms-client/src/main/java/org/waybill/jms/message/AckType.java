package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;

/** How a message is acknowledged, which the application may say by the property {@code JMS_AMQP_ACK_TYPE}. */
public enum AckType {
    /** 1: taken. */
    ACCEPTED(1),
    /** 2: no good for anybody. */
    REJECTED(2),
    /** 3: given back as if it had never been sent. */
    RELEASED(3),
    /** 4: given back; the delivery counts as failed. */
    MODIFIED_FAILED(4),
    /** 5: given back; the delivery counts as failed, and this consumer does not get it again. */
    MODIFIED_FAILED_UNDELIVERABLE(5);

    private static final AckType[] ALL = values();

    private final int code;

    AckType(int code) {
        this.code = code;
    }

    /** The value of the property. */
    int code() {
        return code;
    }

    static AckType of(int code) throws JMSException {
        if (code < 1 || code > ALL.length) {
            throw new MessageFormatException("JMS_AMQP_ACK_TYPE is from 1 to " + ALL.length + ", not " + code);
        }
        return ALL[code - 1];
    }
}
