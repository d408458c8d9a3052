/**
 * A blocking AMQP 1.0 client over the engine and a plain socket: connection, session, sender, receiver.
 *
 * <p>Each connection has a loop, one thread that alone calls the engine and writes to the socket, and a reader that hands it
 * what comes in. Callers may be on any thread; their calls go to the loop as tasks and wait there for the peer's answer, each
 * with the connection's timeout. Whatever ends a link, session or connection reaches those who wait as
 * {@link org.waybill.jms.engine.AmqpFailure}.
 *
 * <p>It knows AMQP and SASL, neither JMS nor the broker.
 */
@NullMarked
package org.waybill.jms.engine;

import org.jspecify.annotations.NullMarked;
