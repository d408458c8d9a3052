package org.waybill.amqp.engine;

/**
 * What the engines of one thread share: proton-j's encoder and decoder, which are far too heavy to have one a connection, and
 * scratch space. Belongs to one thread; give each event loop its own.
 */
public final class Codec {
    /** A codec for the thread that will use it. */
    public Codec() {}
}
