package org.waybill.spi;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name a transaction manager gives to a branch of a global transaction (X/Open XA, section 4.2). Immutable; two are equal when
 * all three parts are.
 */
public final class Xid {
    /** Bytes that each of the two byte strings may have. */
    public static final int MAX_BYTES = 64;

    private static final HexFormat HEX = HexFormat.of();

    private final int formatId;
    private final byte[] gtrid;
    private final byte[] bqual;

    /**
     * A name; the arrays become its own.
     *
     * @param gtrid the global transaction, 1 to {@link #MAX_BYTES} bytes
     * @param bqual the branch, 0 to {@link #MAX_BYTES} bytes
     * @throws IllegalArgumentException when one of them has another length, in a sentence for its user
     */
    public Xid(int formatId, byte[] gtrid, byte[] bqual) {
        if (gtrid.length < 1 || gtrid.length > MAX_BYTES) {
            throw new IllegalArgumentException("a gtrid has 1 to " + MAX_BYTES + " bytes, not " + gtrid.length);
        }
        if (bqual.length > MAX_BYTES) {
            throw new IllegalArgumentException("a bqual has at most " + MAX_BYTES + " bytes, not " + bqual.length);
        }
        this.formatId = formatId;
        this.gtrid = gtrid;
        this.bqual = bqual;
    }

    /**
     * Reads what {@link #toString} has written.
     *
     * @throws IllegalArgumentException when it is not that, in a sentence for its user
     */
    public static Xid parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length == 3) {
            try {
                return new Xid(Integer.parseInt(parts[0]), HEX.parseHex(parts[1]), HEX.parseHex(parts[2]));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException(text + " is not an xid: its format id is no number", notANumber);
            }
        }
        throw new IllegalArgumentException(text + " is not an xid, which is format-id:gtrid:bqual, the latter in hex");
    }

    /** How the other parts are to be read. */
    public int formatId() {
        return formatId;
    }

    /** The global transaction, which must not be changed. */
    public byte[] gtrid() {
        return gtrid;
    }

    /** The branch of it, which must not be changed. */
    public byte[] bqual() {
        return bqual;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Xid xid
                && xid.formatId == formatId
                && Arrays.equals(xid.gtrid, gtrid)
                && Arrays.equals(xid.bqual, bqual);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * formatId + Arrays.hashCode(gtrid)) + Arrays.hashCode(bqual);
    }

    /** Format id in decimal, gtrid and bqual in hex, with colons between. */
    @Override
    public String toString() {
        return formatId + ":" + HEX.formatHex(gtrid) + ":" + HEX.formatHex(bqual);
    }
}
