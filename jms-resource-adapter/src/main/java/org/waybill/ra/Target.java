package org.waybill.ra;

import jakarta.jms.XAConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.WaybillXAConnectionFactory;

/**
 * A broker, and who logs in there.
 *
 * @param url the connection URI
 * @param user null for whom the URI names
 * @param password null for what the URI says
 */
record Target(String url, @Nullable String user, @Nullable String password) {
    /**
     * Connections to it.
     *
     * @throws IllegalArgumentException in one sentence, if the URI is none
     */
    XAConnectionFactory factory() {
        return new WaybillXAConnectionFactory(user, password, url);
    }

    /** Where it leads, without secrets. */
    @Override
    public String toString() {
        return factory().toString();
    }
}
