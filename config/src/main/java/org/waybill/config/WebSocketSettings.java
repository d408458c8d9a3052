package org.waybill.config;

import java.util.List;

/**
 * AMQP over WebSockets, at the ports of the AMQP listener. Immutable.
 *
 * @param origins the origins of web pages that may connect; clients that are no browsers have none and always may
 */
public record WebSocketSettings(List<String> origins) {
    /** Copies the list. */
    public WebSocketSettings {
        origins = List.copyOf(origins);
    }

    static WebSocketSettings read(Section in) {
        return new WebSocketSettings(in.texts("origins", List.of()));
    }
}
