/**
 * The seam between the broker and its protocol adapters.
 *
 * <p>An adapter turns a client's frames into calls on a {@link org.waybill.spi.BrokerSession} and the session's answers into
 * frames. All calls on a session and all calls back from it happen on the one {@link org.waybill.io.Loop} that the session was
 * opened with, so neither side needs a lock. Calls are gathered and handed to the shards by {@link
 * org.waybill.spi.BrokerSession#flush()}, once for each socket read; answers come back in batches that end with {@link
 * org.waybill.spi.SessionHandler#batchEnd()}.
 *
 * <p>Nothing here names a protocol, a shard or a journal.
 */
@NullMarked
package org.waybill.spi;

import org.jspecify.annotations.NullMarked;
