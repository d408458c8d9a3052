package org.waybill.cluster.node;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes say of themselves ({@link Channels#NODES}), big-endian; in docs/cluster-wire.md.
 *
 * <pre>
 *  HELLO      u8 1, i64 member, u8 1 if it has nothing yet, i32 shards
 *  LEADS      u8 2, i32 shard, i64 epoch
 *  LEADS_NOT  u8 3, i32 shard
 *  PREFERS    u8 4, i32 shard, i32 node, i64 version
 *  LEAVES     u8 5
 *  REPLICAS   u8 6, i32 shard, i64 epoch, i64 commit index, u8 count, then for each replica but the leader's:
 *             i32 node, u8 flags (1: it counts, 2: it is given a snapshot), i64 entries and i64 bytes behind, i64 ms since its last answer or -1
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

    /** What a leader knows of a shard's replicas; said every second. */
    record Replicas(int shard, long epoch, long commitIndex, List<Replica> others) implements NodeMessage {
        public Replicas {
            others = List.copyOf(others);
        }

        @Override
        public byte[] encode() {
            ByteBuffer out = ByteBuffer.allocate(22 + Replica.BYTES * others.size())
                    .put(REPLICAS)
                    .putInt(shard)
                    .putLong(epoch)
                    .putLong(commitIndex)
                    .put((byte) others.size());
            others.forEach(each -> each.encode(out));
            return out.array();
        }

        private static Replicas decode(ByteBuffer in) {
            int shard = in.getInt();
            long epoch = in.getLong();
            long commitIndex = in.getLong();
            int count = Byte.toUnsignedInt(in.get());
            List<Replica> others = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                others.add(Replica.decode(in));
            }
            return new Replicas(shard, epoch, commitIndex, others);
        }
    }

    /**
     * One of them.
     *
     * @param answeredMs how long ago it answered, or -1 if it has not in this leadership
     */
    record Replica(int node, boolean counts, boolean snapshot, long lagEntries, long lagBytes, long answeredMs) {
        private static final int BYTES = 29;
        private static final int COUNTS = 1;
        private static final int SNAPSHOT = 2;

        private void encode(ByteBuffer out) {
            out.putInt(node)
                    .put((byte) ((counts ? COUNTS : 0) | (snapshot ? SNAPSHOT : 0)))
                    .putLong(lagEntries)
                    .putLong(lagBytes)
                    .putLong(answeredMs);
        }

        private static Replica decode(ByteBuffer in) {
            int node = in.getInt();
            int flags = in.get();
            return new Replica(
                    node, (flags & COUNTS) != 0, (flags & SNAPSHOT) != 0, in.getLong(), in.getLong(), in.getLong());
        }
    }

    byte HELLO = 1;
    byte LEADS = 2;
    byte LEADS_NOT = 3;
    byte PREFERS = 4;
    byte LEAVES = 5;
    byte REPLICAS = 6;

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
                case REPLICAS -> Replicas.decode(in);
                default -> throw new IllegalArgumentException("a message between nodes of the unknown kind " + kind);
            };
        } catch (BufferUnderflowException end) {
            throw new IllegalArgumentException("a message between nodes ends too early", end);
        }
    }
}
