package org.waybill.shard;

/** What a transaction of a session has to do with one shard, by a number that the session has given to nothing else there. */
record ShareId(int number) {}
