package org.waybill.shard;

import java.util.UUID;
import org.waybill.message.Origin;

/**
 * Messages of one producer whose numbers follow each other.
 *
 * @param first the number of the first of them
 * @param last the number of the last of them
 */
record SequenceRun(UUID producerId, int epoch, long first, long last) {
    static SequenceRun of(Origin one) {
        return new SequenceRun(one.producerId(), one.epoch(), one.sequence(), one.sequence());
    }

    boolean contains(Origin one) {
        return one.producerId().equals(producerId)
                && one.epoch() == epoch
                && one.sequence() >= first
                && one.sequence() <= last;
    }

    /** Whether others of the same producer are the next ones. */
    boolean isFollowedBy(SequenceRun next) {
        return next.epoch == epoch && next.first == last + 1;
    }

    SequenceRun upTo(long newLast) {
        return new SequenceRun(producerId, epoch, first, newLast);
    }
}
