/**
 * An AMQP 1.0 client: connection, session, sender, receiver, coordinator of transactions.
 *
 * <p>It carries encoded messages and knows nothing of what they mean; the command line uses it as it is, and the Jakarta
 * Messaging API stands on it. Any thread may call any public method. Methods that wait say so, and each wait ends by a time
 * limit with a {@link org.waybill.jms.engine.ClientException}; a callback that waits is told so by an exception.
 *
 * <p>All connections of a JVM share a few event loops ({@code LoopPool}). The protocol engine belongs to whoever holds the
 * connection's lock, and nobody does I/O or runs foreign code while holding it: callers leave what they have to say in a buffer,
 * the loop's next turn writes it out ({@code Driver}). This package does not know a broker.
 */
@NullMarked
package org.waybill.jms.engine;

import org.jspecify.annotations.NullMarked;
