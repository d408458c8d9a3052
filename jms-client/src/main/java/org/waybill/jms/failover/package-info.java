/**
 * Where a connection's next server comes from: {@code SingleConnector} knows one server and tries once,
 * {@code FailoverConnector} goes through many until one answers.
 *
 * <p>The policy (which server next, after which wait, when to give up) is without clock, randomness and I/O of its own; those are given
 * to it. {@code jms.session} calls from the thread that reconnects, one at a time; closing may come from any thread.
 */
@NullMarked
package org.waybill.jms.failover;

import org.jspecify.annotations.NullMarked;
