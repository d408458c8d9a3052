package org.waybill.jms.session;

import jakarta.jms.JMSException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/**
 * How a session's producers without a destination of their own get their messages where each is to go: over the anonymous relay, if the
 * server has one, or else over a link for each of the destinations used last. Used with the session's sending lock held.
 */
final class AnonymousLinks {
    private static final int MAX_LINKS = 32;

    private final SessionWork session;
    private final Map<WaybillDestination, OutgoingLink> byDestination = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable OutgoingLink relay;

    AnonymousLinks(SessionWork session) {
        this.session = session;
    }

    OutgoingLink link(WaybillDestination to) throws JMSException {
        OutgoingLink present = relay;
        if (present != null && present.failure() == null) {
            return present;
        }
        if (session.connection().server().relays()) {
            present = session.attached(null);
            relay = present;
            return present;
        }
        OutgoingLink own = byDestination.get(to);
        if (own == null || own.failure() != null) {
            own = session.attached(to);
            byDestination.put(to, own);
            closeEldest();
        }
        return own;
    }

    private void closeEldest() {
        if (byDestination.size() > MAX_LINKS) {
            Iterator<OutgoingLink> eldestFirst = byDestination.values().iterator();
            OutgoingLink eldest = eldestFirst.next();
            eldestFirst.remove();
            session.remove(eldest);
        }
    }
}
