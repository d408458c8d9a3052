package org.waybill.amqp.adapter;

import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.spi.Destination;

/**
 * Sends clients that ask for it to the node that leads an address, by {@code amqp:connection:redirect} and {@code amqp:link:redirect}
 * (AMQP 1.0 part 2, sections 2.8.16 and 2.8.17). Whoever does not ask is served here, by way of that node. Safe for any thread.
 */
final class Redirects {
    private final Whereabouts whereabouts;
    private final Counters counters;

    Redirects(Whereabouts whereabouts, Counters counters) {
        this.whereabouts = whereabouts;
        this.counters = counters;
    }

    /** Where a client finds the other node that leads a destination; see {@link Whereabouts#elsewhere}. */
    @Nullable
    ClientAddress elsewhere(Destination destination, Socket socket) {
        return whereabouts.elsewhere(destination, socket);
    }

    /** The error with which a connection ends whose client is to come to another node. */
    ErrorCondition connection(Destination near, ClientAddress there) {
        counters.connectionsRedirected.increment();
        return error(Conditions.CONNECTION_REDIRECT, near.name(), there, Map.of());
    }

    /** The error with which a link is refused, if its client desires that ({@code waybill:redirect}) and its node is led elsewhere. */
    @Nullable
    ErrorCondition link(Attach asked, Terminus terminus, Socket socket) {
        String address = terminus.address();
        if (address == null || !Terminus.has(asked.getDesiredCapabilities(), Symbols.REDIRECT)) {
            return null;
        }
        Destination destination = Destination.of(address, terminus.kind());
        ClientAddress there = whereabouts.elsewhere(destination, socket);
        if (there == null) {
            return null;
        }
        counters.linksRedirected.increment();
        return error(Conditions.LINK_REDIRECT, destination.name(), there, Map.of(Symbols.ADDRESS, address));
    }

    private static ErrorCondition error(Symbol condition, String name, ClientAddress there, Map<Symbol, Object> more) {
        Map<Symbol, Object> info = new HashMap<>(there.info());
        info.put(Symbols.HOSTNAME, there.host());
        info.putAll(more);
        ErrorCondition error = Conditions.error(condition, name + " is led by the node at " + there);
        error.setInfo(info);
        return error;
    }
}
