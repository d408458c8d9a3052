/**
 * Queues: the order of messages, who holds which, and who gets the next.
 *
 * <p>A queue is a sequence of entries in the order of their ids, kept in {@link org.waybill.queue.Block}s of primitive arrays,
 * so that a deep queue costs some 28 bytes a message. An entry never moves: a message that is handed out and given back is
 * again where it was. {@link org.waybill.queue.Cursor}s run over the entries; giving back moves them back.
 *
 * <p>Everything here is called on the one loop of the shard that owns the queue. It decides nothing about durability: what
 * must be recorded it asks of {@link org.waybill.queue.Facts}, which the shard implements. It must not know the journal, a
 * session or a protocol.
 */
@NullMarked
package org.waybill.queue;

import org.jspecify.annotations.NullMarked;
