package org.waybill.jms.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.message.AckType;
import org.waybill.jms.session.IncomingLink.Delivered;

/**
 * What a session has delivered and the application has not acknowledged, in the order of delivery. Everything with the session's
 * delivery lock held.
 */
final class Ledger {
    private final ArrayDeque<Delivered> entries = new ArrayDeque<>();

    void add(Delivered delivered) {
        entries.add(delivered);
    }

    /** Whether something that came over this link is not acknowledged. */
    boolean holds(IncomingLink link) {
        for (Delivered entry : entries) {
            if (entry.link() == link) {
                return true;
            }
        }
        return false;
    }

    /** Settles everything; what came over a lost connection is the server's already. */
    void settleAll(AckType outcome) {
        for (Delivered entry = entries.poll(); entry != null; entry = entries.poll()) {
            settle(entry, outcome);
        }
    }

    int size() {
        return entries.size();
    }

    /** Settles this one, unless it is settled or delivered again already; answers whether it did. */
    boolean settleListed(Delivered one, AckType outcome) {
        boolean listed = entries.remove(one);
        if (listed) {
            settle(one, outcome);
        }
        return listed;
    }

    /** Takes out everything, the latest first. */
    List<Delivered> takeLatestFirst() {
        List<Delivered> all = new ArrayList<>(entries.size());
        Iterator<Delivered> latestFirst = entries.descendingIterator();
        while (latestFirst.hasNext()) {
            all.add(latestFirst.next());
        }
        entries.clear();
        return all;
    }

    /** The connection is gone, and with it every delivery. */
    void interrupted() {
        entries.clear();
    }

    /** Settles a delivery, unless its connection is gone. */
    static void settle(Delivered delivered, AckType outcome) {
        if (!delivered.isLive()) {
            return;
        }
        try {
            switch (outcome) {
                case ACCEPTED -> delivered.delivery().accept();
                case REJECTED -> delivered.delivery().reject(null, null);
                case RELEASED -> delivered.delivery().release();
                case MODIFIED_FAILED -> delivered.delivery().modify(true, false);
                case MODIFIED_FAILED_UNDELIVERABLE -> delivered.delivery().modify(true, true);
            }
        } catch (ClientException e) {
            // Lost or closed meanwhile: the server gives it to somebody else, flagged as redelivered.
        }
    }
}
