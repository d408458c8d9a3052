package org.waybill.systemtests;

import jakarta.jms.ConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.waybill.jms.WaybillConnectionFactory;

/** The JMS clients that the tests go through. Their URIs and the names of the options used here are the same. */
public enum JmsClient {
    /** The client that nobody here wrote. */
    QPID_JMS {
        @Override
        ConnectionFactory factory(String uri) {
            return new JmsConnectionFactory(uri);
        }
    },

    /** The one that belongs to this broker. */
    WAYBILL {
        @Override
        ConnectionFactory factory(String uri) {
            return new WaybillConnectionFactory(uri);
        }
    };

    abstract ConnectionFactory factory(String uri);
}
