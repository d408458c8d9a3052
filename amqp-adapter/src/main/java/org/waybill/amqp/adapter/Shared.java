package org.waybill.amqp.adapter;

import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.sasl.Authenticator;
import org.waybill.spi.AdapterContext;

/**
 * What the connections of one adapter have in common. Safe for any thread.
 *
 * @param context the broker
 * @param introduction what it says of itself
 * @param redirects who is sent elsewhere
 * @param limits what one connection may cost
 * @param maxLinks links a connection may have; one more is refused, many more end its session
 * @param producerCredit messages that one producer link may have on the way and unsettled
 * @param handshakeTimeoutMs how long a client may take until its open
 * @param authenticator who lets clients in
 * @param links who holds which link name
 * @param containers who is the only connection of its container
 * @param counters what happened so far
 */
record Shared(
        AdapterContext context,
        Introduction introduction,
        Redirects redirects,
        Limits limits,
        int maxLinks,
        int producerCredit,
        long handshakeTimeoutMs,
        Authenticator authenticator,
        LinkRegistry links,
        ContainerRegistry containers,
        Counters counters) {}
