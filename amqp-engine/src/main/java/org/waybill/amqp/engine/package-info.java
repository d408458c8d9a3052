/**
 * An AMQP 1.0 endpoint without I/O: bytes in, events out, bytes out (AMQP 1.0 parts 2 and 5).
 *
 * <p>One {@link org.waybill.amqp.engine.ConnectionEngine} is one end of one connection, server or client. The host feeds it
 * chunks of any size and the time, is told what happened through listeners, and says what to do through links. The engine keeps
 * the protocol's rules: framing, limits, windows, credit arithmetic, delivery ids, and the error conditions of whoever breaks
 * them.
 *
 * <p>Everything that belongs to one thread's {@link org.waybill.amqp.engine.Codec} is called on that thread alone. Nothing here
 * blocks, starts a thread, reads a clock or knows a socket, a broker or a queue.
 */
@NullMarked
package org.waybill.amqp.engine;

import org.jspecify.annotations.NullMarked;
