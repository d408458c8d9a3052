package org.waybill.cluster.link;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What carries a node's messages to the others: {@link Links}. What it brings it tells a {@link LinkHandler}, under that one's rules.
 * Thread-safe; nothing blocks.
 */
public interface Carrier {
    /**
     * Sends a message to a peer, behind those sent on the same channel with the same precedence before.
     *
     * @param channel 1 or more
     * @param bytes must not change any more
     * @return false if it is lost already because the peer is not there; else it comes, unless {@link LinkHandler#disconnected} is told
     */
    boolean send(int node, int channel, byte[] bytes, int offset, int length, Precedence precedence);

    /** Whether so much waits for a peer, bulk apart, that more should wait too, until {@link LinkHandler#drained}. */
    boolean isFull(int node);

    /**
     * How many bytes of {@linkplain Precedence#BULK bulk} may be sent to a peer now, beyond which more had better be kept where it is: what
     * waits already takes about as long as what is under way. There is no bound while the peer is not there.
     */
    int bulkRoomBytes(int node);

    /** How long bulk that is sent to a peer now takes to arrive and be answered, as it looks; 0 when nothing is known. */
    long bulkDelayNs(int node);

    /** What is known of each link. */
    List<LinkStatus> status();

    /** Ends all links, with what waits and the network takes at once. */
    CompletionStage<Void> close();
}
