/**
 * The bound: an AMQP 1.0 peer that forwards and settles messages from memory and does nothing else a broker must do.
 *
 * <p>With a journal, durable messages are first appended to one preallocated file, and are settled and forwarded after
 * one force for all that had gathered. A broker cannot be faster on the same machine with the same load generator; it
 * can only approach the relay. Nothing is ever read back: this is a measure, not a broker.
 *
 * <p>A process of its own ({@link org.waybill.benchmarks.relay.RelayMain}), started by the broker runner; one thread
 * for all connections and one for the journal.
 */
@NullMarked
package org.waybill.benchmarks.relay;

import org.jspecify.annotations.NullMarked;
