package org.waybill.systemtests.joram;

/**
 * A client under test, as it is configured by JNDI.
 *
 * @param contextFactory its class of initial contexts
 * @param uri where and how it connects
 */
record Client(String contextFactory, String uri) {
    private static final String DEADLINES = "?jms.requestTimeout=10000&jms.connectTimeout=10000&jms.closeTimeout=10000";

    /** Qpid JMS. */
    static Client qpidJms(int port) {
        return new Client("org.apache.qpid.jms.jndi.JmsInitialContextFactory", "amqp://127.0.0.1:" + port + DEADLINES);
    }

    /** Waybill's own, which deserialises no class that is not named. */
    static Client waybill(int port) {
        return new Client(
                "org.waybill.jms.jndi.WaybillInitialContextFactory",
                "amqp://127.0.0.1:" + port + DEADLINES + "&jms.deserializationPolicy.allowList=java.util.Vector");
    }
}
