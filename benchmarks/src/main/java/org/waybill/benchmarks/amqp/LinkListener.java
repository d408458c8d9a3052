package org.waybill.benchmarks.amqp;

/** What the user of a link is told, on the loop's thread; neither call may block. */
public interface LinkListener {
    /**
     * A transfer frame came on a receiving link; its payload is {@code in[from, to)}, valid during the call only. The
     * rest of what there is to know of it is asked of the link.
     */
    default void onTransfer(Link link, byte[] in, int from, int to) {}

    /** The peer granted credit to a sending link. */
    default void onCredit(Link link) {}
}
