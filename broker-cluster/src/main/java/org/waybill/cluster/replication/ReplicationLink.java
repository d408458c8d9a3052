package org.waybill.cluster.replication;

/** The way to other nodes. */
public interface ReplicationLink {
    /**
     * Sends a message to another member of this shard, at some time or never; never blocks and never throws. Messages may be
     * lost, late, doubled and out of order: that costs time, not safety. The entries of a message are read before this returns: their
     * memory is used again.
     *
     * @param to a member, or {@link Members#onNode}; goes along, since the member on that node may be another meanwhile
     */
    void send(long to, Message message);

    /**
     * How many bytes of entries or state had better be sent to a member now: what is beyond that would only wait on its way, in front of
     * what others say to that node. Not positive if nothing should be sent.
     */
    default int roomBytes(long to) {
        return Integer.MAX_VALUE;
    }

    /** How long what is sent to a member now takes to be answered, as it looks: before that nothing should be taken for lost. */
    default long delayNs(long to) {
        return 0;
    }
}
