package org.waybill.message;

import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an encoded AMQP list one after the other, as the header and properties sections hold them. Fields beyond
 * the list's end read as absent.
 */
final class ListReader {
    private final byte[] in;
    private final int end;
    private int remaining;
    private int at;

    /** A reader of the list whose constructor is at {@code at}; a null value reads as an empty list. */
    ListReader(byte[] in, int at, int limit) {
        this.in = in;
        int constructor = Encoding.unsignedByte(in, at, limit);
        switch (constructor) {
            case 0x40, 0x45 -> {
                this.end = at + 1;
                this.at = end;
            }
            case 0xC0 -> {
                this.end = at + 2 + Encoding.unsignedByte(in, at + 1, limit);
                this.remaining = Encoding.unsignedByte(in, at + 2, limit);
                this.at = at + 3;
            }
            case 0xD0 -> {
                this.end = (int) Math.min(Integer.MAX_VALUE, at + 5L + Encoding.unsignedInt(in, at + 1, limit));
                this.remaining = (int) Math.min(Integer.MAX_VALUE, Encoding.unsignedInt(in, at + 5, limit));
                this.at = at + 9;
            }
            default -> throw new DecodeError("a list was expected", at);
        }
        if (end > limit) {
            throw new DecodeError("a list runs over the end", at);
        }
    }

    /** Fields that are written and have not been read. */
    int remaining() {
        return remaining;
    }

    private boolean absent() {
        if (remaining == 0) {
            return true;
        }
        remaining--;
        if (Encoding.unsignedByte(in, at, end) == Encoding.NULL) {
            at++;
            return true;
        }
        return false;
    }

    /** Passes over one field. */
    void skip() {
        if (!absent()) {
            at = Encoding.skip(in, at, end);
        }
    }

    boolean booleanOr(boolean otherwise) {
        if (absent()) {
            return otherwise;
        }
        int constructor = in[at] & 0xFF;
        int value;
        switch (constructor) {
            case 0x41 -> value = 1;
            case 0x42 -> value = 0;
            case 0x56 -> value = Encoding.unsignedByte(in, at + 1, end);
            default -> throw new DecodeError("a boolean was expected", at);
        }
        at = Encoding.skip(in, at, end);
        return value != 0;
    }

    /** An unsigned integer of at most 32 bits: all that the header section has. */
    long integerOr(long otherwise) {
        if (absent()) {
            return otherwise;
        }
        int constructor = in[at] & 0xFF;
        long value =
                switch (constructor) {
                    case 0x43 -> 0;
                    case 0x50, 0x52 -> Encoding.unsignedByte(in, at + 1, end);
                    case 0x70 -> Encoding.unsignedInt(in, at + 1, end);
                    default -> throw new DecodeError("an unsigned integer was expected", at);
                };
        at = Encoding.skip(in, at, end);
        return value;
    }

    /** A value of any type as {@link Scalars} reads it. */
    @Nullable
    Object value() {
        if (absent()) {
            return null;
        }
        int from = at;
        at = Encoding.skip(in, at, end);
        return Scalars.read(in, from, at);
    }
}
