package org.waybill.jms.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.AddressPrefixes;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.message.Messages;

/** What the server of a connection offers, and how it calls things. Any thread. */
final class Server {
    private static final String NO_PREFIX = "";

    private final Lifeline lifeline;
    private final TemporaryDestinations temporaries;
    private final Messages messages;
    private volatile AddressPrefixes prefixes = AddressPrefixes.NONE;

    Server(Lifeline lifeline, TemporaryDestinations temporaries, Messages messages) {
        this.lifeline = lifeline;
        this.temporaries = temporaries;
        this.messages = messages;
    }

    /** Learns what this server offers. */
    void learn(ClientConnection connection) {
        Map<String, Object> said = connection.remoteProperties();
        AddressPrefixes learned =
                new AddressPrefixes(prefix(said, "queue-prefix"), prefix(said, "topic-prefix"), temporaries.renamed());
        prefixes = learned;
        messages.prefixes(learned);
    }

    private static @Nullable String prefix(Map<String, Object> said, String key) {
        return said.get(key) instanceof String prefix && !prefix.equals(NO_PREFIX) ? prefix : null;
    }

    /** How the server calls this destination. */
    String addressOf(WaybillDestination destination) {
        return prefixes.address(destination);
    }

    private boolean offers(String capability) {
        ClientConnection current = lifeline.current();
        return current != null && current.offered(capability);
    }

    boolean delaysDelivery() {
        return offers("DELAYED_DELIVERY");
    }

    boolean relays() {
        return offers("ANONYMOUS-RELAY");
    }

    /** Whether the server lets no transaction commit whose messages it refused; others have to be asked. */
    boolean dooms() {
        return offers("waybill:xa");
    }
}
