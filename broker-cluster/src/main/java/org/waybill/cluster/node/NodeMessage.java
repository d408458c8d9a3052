package org.waybill.cluster.node;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What nodes say of themselves ({@link Channels#NODES}), big-endian; in docs/cluster-wire.md.
 *
 * <pre>
 *  HELLO      u8 1, i64 member, u8 1 if it has nothing yet, i32 shards
 *  LEADS      u8 2, i32 shard, i64 epoch
 *  LEADS_NOT  u8 3, i32 shard
 *  PREFERS    u8 4, i32 shard, i32 node, i64 version
 *  LEAVES     u8 5
 * </pre>
 */
sealed interface NodeMessage {
    /** Who a node is: the first that it says. */
    record Hello(long member, boolean empty, int shards) implements NodeMessage {
        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(14)
                    .put(HELLO)
                    .putLong(member)
                    .put((byte) (empty ? 1 : 0))
                    .putInt(shards)
                    .array();
        }
    }

    /** It leads a shard. */
    record Leads(int shard, long epoch) implements NodeMessage {
        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(13)
                    .put(LEADS)
                    .putInt(shard)
                    .putLong(epoch)
                    .array();
        }
    }

    /** It leads a shard no more. */
    record LeadsNot(int shard) implements NodeMessage {
        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(5).put(LEADS_NOT).putInt(shard).array();
        }
    }

    /** Somebody has said that a node is to lead a shard: see {@link Placement.Wish}. */
    record Prefers(int shard, int node, long version) implements NodeMessage {
        @Override
        public byte[] encode() {
            return ByteBuffer.allocate(17)
                    .put(PREFERS)
                    .putInt(shard)
                    .putInt(node)
                    .putLong(version)
                    .array();
        }
    }

    /** It is about to end, and should lead nothing any more. */
    record Leaves() implements NodeMessage {
        @Override
        public byte[] encode() {
            return new byte[] {LEAVES};
        }
    }

    byte HELLO = 1;
    byte LEADS = 2;
    byte LEADS_NOT = 3;
    byte PREFERS = 4;
    byte LEAVES = 5;

    byte[] encode();

    /** Throws {@link IllegalArgumentException} for what is none. */
    static NodeMessage decode(ByteBuffer in) {
        try {
            byte kind = in.get();
            return switch (kind) {
                case HELLO -> new Hello(in.getLong(), in.get() != 0, in.getInt());
                case LEADS -> new Leads(in.getInt(), in.getLong());
                case LEADS_NOT -> new LeadsNot(in.getInt());
                case PREFERS -> new Prefers(in.getInt(), in.getInt(), in.getLong());
                case LEAVES -> new Leaves();
                default -> throw new IllegalArgumentException("a message between nodes of the unknown kind " + kind);
            };
        } catch (BufferUnderflowException end) {
            throw new IllegalArgumentException("a message between nodes ends too early", end);
        }
    }
}
