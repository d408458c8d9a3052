package org.waybill.jms.xa;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.WireXid;

/** The id of a branch. Immutable; two are equal when all three parts are, which other people's {@code Xid}s need not be. */
final class BranchId implements Xid {
    private final int formatId;
    private final byte[] gtrid;
    private final byte[] bqual;

    private BranchId(int formatId, byte[] gtrid, byte[] bqual) {
        this.formatId = formatId;
        this.gtrid = gtrid;
        this.bqual = bqual;
    }

    /**
     * What a transaction manager calls a branch.
     *
     * @throws XAException {@code XAER_INVAL} if it is no id of a branch
     */
    static BranchId of(@Nullable Xid xid) throws XAException {
        if (xid instanceof BranchId id) {
            return id;
        }
        byte[] gtrid = xid == null ? null : xid.getGlobalTransactionId();
        byte[] bqual = xid == null ? null : xid.getBranchQualifier();
        if (xid == null || gtrid == null || bqual == null) {
            throw XaFailures.of(XAException.XAER_INVAL, "an xid has a global transaction id and a branch qualifier");
        }
        if (gtrid.length < 1 || gtrid.length > MAXGTRIDSIZE || bqual.length > MAXBQUALSIZE) {
            throw XaFailures.of(
                    XAException.XAER_INVAL,
                    "an xid has a global transaction id of 1 to " + MAXGTRIDSIZE + " bytes, not " + gtrid.length
                            + ", and a branch qualifier of at most " + MAXBQUALSIZE + ", not " + bqual.length);
        }
        return new BranchId(xid.getFormatId(), gtrid.clone(), bqual.clone());
    }

    /** What the server calls a branch; null if it is no such id. */
    static @Nullable BranchId read(@Nullable Object value) {
        if (value instanceof DescribedType described
                && WireXid.DESCRIPTOR.equals(described.getDescriptor())
                && described.getDescribed() instanceof List<?> fields
                && fields.size() == 3
                && fields.get(0) instanceof Integer formatId
                && fields.get(1) instanceof Binary gtrid
                && fields.get(2) instanceof Binary bqual) {
            return new BranchId(formatId, bytes(gtrid), bytes(bqual));
        }
        return null;
    }

    static byte[] bytes(Binary binary) {
        return Arrays.copyOfRange(
                binary.getArray(), binary.getArrayOffset(), binary.getArrayOffset() + binary.getLength());
    }

    WireXid wire() {
        return new WireXid(List.of(formatId, new Binary(gtrid), new Binary(bqual)));
    }

    @Override
    public int getFormatId() {
        return formatId;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return gtrid.clone();
    }

    @Override
    public byte[] getBranchQualifier() {
        return bqual.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BranchId id
                && id.formatId == formatId
                && Arrays.equals(id.gtrid, gtrid)
                && Arrays.equals(id.bqual, bqual);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * formatId + Arrays.hashCode(gtrid)) + Arrays.hashCode(bqual);
    }

    /** As the server's command line and management show it. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return formatId + ":" + hex.formatHex(gtrid) + ":" + hex.formatHex(bqual);
    }
}
