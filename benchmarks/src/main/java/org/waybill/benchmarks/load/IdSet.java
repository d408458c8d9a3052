package org.waybill.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * A set of messages, each known by its producer and its sequence there; kept in a file between the run that was killed
 * and the run that verifies. File: number of producers (4 bytes, big-endian), then the bits in little-endian order.
 */
final class IdSet {
    private final int producers;
    private final BitSet bits;

    IdSet(int producers) {
        this(producers, new BitSet());
    }

    private IdSet(int producers, BitSet bits) {
        this.producers = producers;
        this.bits = bits;
    }

    /** Adds one; false when it was there already. */
    boolean add(long sequence, int producer) {
        int bit = Math.toIntExact(sequence * producers + producer);
        boolean added = !bits.get(bit);
        bits.set(bit);
        return added;
    }

    int producers() {
        return producers;
    }

    int size() {
        return bits.cardinality();
    }

    /** How many of these are not in the other. */
    int countMissingFrom(IdSet other) {
        BitSet missing = (BitSet) bits.clone();
        missing.andNot(other.bits);
        return missing.cardinality();
    }

    void write(Path file) throws IOException {
        byte[] bytes = bits.toByteArray();
        ByteBuffer content = ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(producers)
                .put(bytes);
        Files.write(file, content.array());
    }

    static IdSet read(Path file) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
        int producers = content.getInt();
        return new IdSet(producers, BitSet.valueOf(content));
    }
}
