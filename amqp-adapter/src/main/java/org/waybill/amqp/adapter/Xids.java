package org.waybill.amqp.adapter;

import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.WireXid;
import org.waybill.spi.Xid;

/** Translates between the ids of branches on the wire (docs/xa-over-amqp.md) and the broker's. */
final class Xids {
    private Xids() {}

    /**
     * Reads an id.
     *
     * @throws InvalidField when it is none
     */
    static Xid of(@Nullable Object value) {
        if (!(value instanceof WireXid wire)) {
            throw new InvalidField("a branch is named by a " + WireXid.DESCRIPTOR + ", not by " + Shown.of(value));
        }
        if (!(wire.described() instanceof List<?> fields)
                || fields.size() != 3
                || !(fields.get(0) instanceof Integer formatId)
                || !(fields.get(1) instanceof Binary gtrid)
                || !(fields.get(2) instanceof Binary bqual)) {
            throw new InvalidField(
                    "a " + WireXid.DESCRIPTOR + " has a format id (int), a gtrid (binary) and a bqual (binary)");
        }
        try {
            return new Xid(formatId, bytes(gtrid), bytes(bqual));
        } catch (IllegalArgumentException outOfBounds) {
            throw new InvalidField(String.valueOf(outOfBounds.getMessage()));
        }
    }

    static WireXid wire(Xid xid) {
        return new WireXid(List.of(xid.formatId(), new Binary(xid.gtrid()), new Binary(xid.bqual())));
    }

    static byte[] bytes(Binary binary) {
        return Arrays.copyOfRange(
                binary.getArray(), binary.getArrayOffset(), binary.getArrayOffset() + binary.getLength());
    }
}
