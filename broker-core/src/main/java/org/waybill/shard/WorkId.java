package org.waybill.shard;

import java.util.UUID;

/**
 * What a session does in a branch from start to end, by a name that nothing else has.
 *
 * @param session a name of the session's
 * @param number given to nothing else that it does
 */
record WorkId(UUID session, int number) {}
