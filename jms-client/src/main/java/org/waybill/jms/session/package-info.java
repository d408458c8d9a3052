/**
 * The classic Jakarta Messaging API: connections, sessions, producers, consumers, browsers, temporary destinations,
 * acknowledgement and local transactions, on the blocking AMQP client of {@code jms.engine}.
 *
 * <p>A {@link org.waybill.jms.session.JmsConnection} outlives the connection to a broker: its lifeline asks a {@link
 * org.waybill.jms.session.Connector} for the next one when one is lost, and makes sessions and links again on it, in their old
 * order. Without a connector that reconnects, a loss ends everything.
 *
 * <p>Threads: whoever receives synchronously works on the caller's thread, down to the engine. A session that has listeners owns one
 * thread, which takes whatever has arrived at once; one that sends with completion listeners owns another. Nothing here runs on the
 * engine's loop but callbacks that only take note and wake somebody. Locks are taken in this order: a session's link lock, its
 * delivery lock, the connection's; none is held while foreign code runs.
 */
@NullMarked
package org.waybill.jms.session;

import org.jspecify.annotations.NullMarked;
