package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transaction.GlobalTxId;
import org.apache.qpid.proton.codec.DescribedTypeConstructor;
import org.jspecify.annotations.Nullable;

/**
 * The id of a branch of a distributed transaction as it stands on the wire, {@code waybill:xid:list} (docs/xa-over-amqp.md): the
 * global id of a declare and an argument of requests. What is described is as the peer wrote it, not checked.
 *
 * @param described a list of format id, global transaction id and branch qualifier, if the peer keeps to the rules
 */
public record WireXid(@Nullable Object described) implements GlobalTxId, DescribedType {
    /** The descriptor. */
    public static final Symbol DESCRIPTOR = Symbol.valueOf("waybill:xid:list");

    /** proton-j fails on a global id whose type it does not know. */
    static final DescribedTypeConstructor<WireXid> CONSTRUCTOR = new DescribedTypeConstructor<>() {
        @Override
        public WireXid newInstance(Object described) {
            return new WireXid(described);
        }

        @Override
        public Class<WireXid> getTypeClass() {
            return WireXid.class;
        }
    };

    @Override
    public Object getDescriptor() {
        return DESCRIPTOR;
    }

    @Override
    public @Nullable Object getDescribed() {
        return described;
    }
}
