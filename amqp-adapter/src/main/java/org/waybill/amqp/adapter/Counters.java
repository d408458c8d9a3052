package org.waybill.amqp.adapter;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What happened so far in one adapter, counted. Safe for any thread. */
final class Counters {
    /** Connections there are now. */
    final AtomicInteger connections = new AtomicInteger();

    /** Connections turned away because there are too many. */
    final LongAdder connectionsRefused = new LongAdder();

    /** Clients that were not let in. */
    final LongAdder authenticationsFailed = new LongAdder();

    /** Connections ended because the peer broke the protocol or a limit. */
    final LongAdder connectionsFailed = new LongAdder();

    /** Connections sent to the node that leads what they asked to be near to. */
    final LongAdder connectionsRedirected = new LongAdder();

    /** Links sent to the node that leads their address. */
    final LongAdder linksRedirected = new LongAdder();

    /** Bytes of deliveries that have begun and not ended. */
    final AtomicLong partialBytes = new AtomicLong();

    /** Messages refused because their sections cannot be read. */
    final LongAdder messagesMalformed = new LongAdder();

    /** The sums in words, for the log. */
    @Override
    public String toString() {
        return connectionsRefused + " connections were turned away, " + authenticationsFailed + " clients not let in, "
                + connectionsFailed + " connections failed, " + connectionsRedirected + " connections and "
                + linksRedirected
                + " links sent to another node, " + messagesMalformed + " messages malformed";
    }
}
