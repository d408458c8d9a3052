package org.waybill.amqp.sasl;

import java.util.function.Consumer;

/** One client's way through one mechanism. Used on one event loop, one response at a time. */
public interface SaslExchange {
    /**
     * Takes the client's next bytes.
     *
     * @param response the initial response or the answer to the last challenge; empty when there was none
     * @param answer gets exactly one answer, on the calling event loop, maybe after this call has returned
     */
    void respond(byte[] response, Consumer<SaslAnswer> answer);
}
