/**
 * A shard: queues, their log, and the sessions that use them, on one event loop.
 *
 * <p>Commands come in batches from sessions. A command reads state and records facts (<i>events</i>) in the {@link
 * org.waybill.shard.Turn} under way, which applies them at once; at the end of the turn its events go to the journal as one
 * frame, and its effects (settlements, deliveries, answers) go out when that frame is forced. Recovery applies the same
 * events through the same {@link org.waybill.shard.State}.
 *
 * <p>Every class is used on its shard's loop, but for {@link org.waybill.shard.LocalSession} and its producers and consumers,
 * which live on their connection's loop. Shards and sessions exchange {@link org.waybill.shard.Batch}es and nothing else.
 */
@NullMarked
package org.waybill.shard;

import org.jspecify.annotations.NullMarked;
