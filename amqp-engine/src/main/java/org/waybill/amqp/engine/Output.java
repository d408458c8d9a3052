package org.waybill.amqp.engine;

/** Where an engine's bytes go: a growing buffer that the host sends on its own terms. Called on the engine's thread. */
@FunctionalInterface
public interface Output {
    /** Appends a copy of these bytes; the array is the engine's again when this returns. Must neither block nor refuse. */
    void write(byte[] source, int offset, int length);
}
