package org.waybill.systemtests.jms;

import jakarta.jms.Message;
import org.apache.qpid.jms.message.JmsMessage;

/** Message annotations, which JMS has no name for; Qpid JMS shows them to tracers. */
final class Annotations {
    private Annotations() {}

    static Object of(Message message, String name) {
        return ((JmsMessage) message).getFacade().getTracingAnnotation(name);
    }
}
