package org.waybill.benchmarks.jmh;

/** Two connected ends in memory. */
interface TransferPair {
    /** Sends messages one way, has each copied out and accepted, and brings the settlement back. Answers a figure that depends on all of it. */
    long batch(byte[] body, int messages);
}
