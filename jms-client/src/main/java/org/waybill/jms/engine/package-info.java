/**
 * A blocking AMQP 1.0 client: connection, session, sender, receiver.
 *
 * <p>It carries encoded messages and knows nothing of what they mean; the command line uses it as it is, and the Jakarta
 * Messaging API stands on it. Any thread may call any public method. Methods that wait say so, and each wait ends by a time
 * limit with a {@link org.waybill.jms.engine.ClientException}; none may be called from a callback.
 *
 * <p>A connection owns a socket and two threads: one reads, one writes. The protocol engine belongs to whoever holds the
 * connection's lock, and nobody does I/O or runs foreign code while holding it. This package does not know a broker.
 */
@NullMarked
package org.waybill.jms.engine;

import org.jspecify.annotations.NullMarked;
