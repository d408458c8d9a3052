package org.waybill.amqp.adapter;

/** A node of the broker's own that is asked by messages and answers by messages, for one connection. On that connection's loop. */
interface RequestNode {
    /** Its address. */
    String address();

    /**
     * Carries out a request.
     *
     * @param done run when its answer is on its way
     * @throws IllegalArgumentException when the request cannot be decoded: it is rejected and has no answer
     */
    void handle(NodeRequest request, Runnable done);
}
