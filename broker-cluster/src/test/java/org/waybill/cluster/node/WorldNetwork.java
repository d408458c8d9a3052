package org.waybill.cluster.node;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.link.Carrier;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.link.LinkStatus;
import org.waybill.cluster.link.Precedence;

/**
 * What joins simulated nodes, as {@link Carrier} says it: connections that keep the order of each channel, that each side finds broken
 * in its own time, and that take what was under way with them. What is sent towards a side that is cut off waits until it is not, or for
 * the end of the connection.
 */
final class WorldNetwork {
    private static final long USUAL_DELAY_NS = 2 * World.MS;
    private static final long TICK_NS = 100 * World.MS;
    private static final long SILENCE_NS = 1_000 * World.MS;
    private static final long STANDSTILL_NS = SILENCE_NS - 2 * TICK_NS;

    private final World world;
    private final Random random;
    private final boolean[][] cut;
    private final @Nullable Ends[] ends;
    private final int fullBytes;
    private long maxDelayNs = USUAL_DELAY_NS;

    WorldNetwork(World world, int size) {
        this.world = world;
        this.random = world.random();
        this.cut = new boolean[size + 1][size + 1];
        this.ends = new Ends[size + 1];
        this.fullBytes = random.nextInt(3) == 0 ? 600 : 1 << 20;
    }

    // ---- what may happen to it

    /** Nothing comes from one node to another any more. */
    void cut(int from, int to) {
        cut[from][to] = true;
    }

    /** Everything comes through again. */
    void join() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
        for (Ends each : ends) {
            if (each != null) {
                each.sides.values().forEach(Side::goOn);
            }
        }
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    void maxDelayNs(long ns) {
        maxDelayNs = ns;
    }

    void heal() {
        maxDelayNs = USUAL_DELAY_NS;
        join();
    }

    /** A connection breaks; each side finds out when it does. */
    void tear(int one, int other) {
        Ends of = ends[one];
        Connection open = of == null ? null : of.side(other).connection;
        if (open != null) {
            open.isBroken = true;
            later(one, other, open);
            later(other, one, open);
        }
    }

    private void later(int node, int peer, Connection open) {
        world.after((1 + random.nextInt(300)) * World.MS, () -> endThere(node, peer, open));
    }

    /** A node's process has ended; the others hear of it at once, if its machine is still there to say so. */
    void crashed(WorldNode node, boolean silently) {
        Ends of = ends[node.id()];
        ends[node.id()] = null;
        if (of == null) {
            return;
        }
        for (Side side : of.sides.values()) {
            Connection open = side.connection;
            side.connection = null;
            if (open != null && !silently) {
                reset(node.id(), side.peer, open);
            }
        }
    }

    /** One side of a connection tells the other that it is over. */
    private void reset(int from, int to, Connection open) {
        world.after(delayNs(), () -> {
            if (!cut[from][to]) {
                endThere(to, from, open);
            }
        });
    }

    private void endThere(int node, int peer, Connection open) {
        Ends of = ends[node];
        if (of != null) {
            Side side = of.side(peer);
            of.loop.execute(() -> {
                if (side.connection == open) {
                    side.end();
                }
            });
        }
    }

    private long delayNs() {
        return 100_000 + (long) (random.nextDouble() * maxDelayNs);
    }

    // ---- connections

    private static final class Connection {
        /** When the side that dialled knows that it has been accepted: nothing comes before. */
        long openNs = Long.MAX_VALUE / 2;

        boolean isBroken;
    }

    /** A message on its way. */
    private record Sent(Connection on, int channel, byte[] bytes, Precedence precedence) {}

    /** A node's links to all others. */
    final class Ends implements Carrier {
        private final WorldNode node;
        private final WorldLoop loop;
        private final LinkHandler handler;
        private final Map<Integer, Side> sides = new HashMap<>();

        Ends(WorldNode node, LinkHandler handler) {
            this.node = node;
            this.loop = new WorldLoop(world, node, "n" + node.id() + "-links", () -> {});
            this.handler = handler;
            for (WorldNode other : world.nodes()) {
                if (other != node) {
                    sides.put(other.id(), new Side(this, other.id()));
                }
            }
        }

        Side side(int peer) {
            Side side = sides.get(peer);
            if (side == null) {
                throw new IllegalArgumentException("there is no node " + peer);
            }
            return side;
        }

        private void tick() {
            sides.values().forEach(Side::tick);
            loop.schedule(TICK_NS, this::tick);
        }

        @Override
        public boolean send(int to, int channel, byte[] bytes, int offset, int length, Precedence precedence) {
            return side(to).send(channel, Arrays.copyOfRange(bytes, offset, offset + length), precedence);
        }

        @Override
        public boolean isFull(int to) {
            Side side = side(to);
            side.isFull |= side.connection != null && side.underWayBytes > fullBytes;
            return side.isFull;
        }

        @Override
        public int bulkRoomBytes(int to) {
            Side side = side(to);
            return side.connection == null ? Integer.MAX_VALUE : Math.max(0, 4 * fullBytes - side.bulkBytes);
        }

        @Override
        public long bulkDelayNs(int to) {
            return side(to).connection == null ? 0 : maxDelayNs;
        }

        @Override
        public List<LinkStatus> status() {
            return List.of();
        }

        @Override
        public CompletionStage<Void> close() {
            return CompletableFuture.completedStage(null);
        }
    }

    /** One node's side of what joins it with another. */
    private final class Side {
        private final Ends of;
        private final int peer;
        private final Map<Integer, Long> lastNs = new HashMap<>();
        private final ArrayDeque<Sent> held = new ArrayDeque<>();
        private @Nullable Connection connection;
        private long heardNs;
        private long tickedNs = world.nowNs();
        private int underWayBytes;
        private int bulkBytes;
        private boolean isFull;

        Side(Ends of, int peer) {
            this.of = of;
            this.peer = peer;
        }

        private int self() {
            return of.node.id();
        }

        /** The side of the other node, if that is up. */
        private @Nullable Side other() {
            Ends there = ends[peer];
            return there == null ? null : there.side(self());
        }

        // ---- its life, on the links' loop

        void tick() {
            long nowNs = world.nowNs();
            if (nowNs - tickedNs > STANDSTILL_NS) {
                // it may have been given up meanwhile
                tickedNs = nowNs;
                end();
            }
            tickedNs = nowNs;
            Side there = other();
            if (connection == null) {
                if (self() > peer && there != null && random.nextInt(2) == 0) {
                    dial(there);
                }
                return;
            }
            boolean speaks = there != null && there.connection == connection && !there.of.node.isFrozen();
            if (speaks && !cut[peer][self()]) {
                heardNs = nowNs;
            } else if (nowNs - heardNs > SILENCE_NS) {
                end();
            }
        }

        private void dial(Side there) {
            if (cut[self()][peer] || cut[peer][self()]) {
                return;
            }
            Connection made = new Connection();
            there.of.loop.execute(() -> {
                made.openNs = world.nowNs() + delayNs();
                there.open(made);
                world.at(
                        made.openNs,
                        () -> of.loop.execute(() -> {
                            if (there.connection == made && !cut[peer][self()]) {
                                open(made);
                            }
                        }));
            });
        }

        private void open(Connection made) {
            end();
            connection = made;
            heardNs = world.nowNs();
            of.handler.connected(peer);
        }

        /** What it sent may not come any more; what comes of this connection is not heard. */
        void end() {
            Connection ended = connection;
            if (ended == null) {
                return;
            }
            connection = null;
            ended.isBroken |= random.nextBoolean();
            held.clear();
            lastNs.clear();
            underWayBytes = 0;
            bulkBytes = 0;
            isFull = false;
            of.handler.disconnected(peer);
            reset(self(), peer, ended);
        }

        // ---- messages

        boolean send(int channel, byte[] bytes, Precedence precedence) {
            Connection open = connection;
            if (open == null) {
                return false;
            }
            world.logs().sent(self(), channel, bytes);
            count(precedence, bytes.length);
            Sent sent = new Sent(open, channel, bytes, precedence);
            int lane = channel * Precedence.values().length + precedence.ordinal();
            long atNs = Math.max(Math.max(world.nowNs(), open.openNs) + delayNs(), lastNs.getOrDefault(lane, 0L) + 1);
            lastNs.put(lane, atNs);
            world.at(atNs, () -> arrive(sent));
            return true;
        }

        private void count(Precedence precedence, int bytes) {
            if (precedence == Precedence.BULK) {
                bulkBytes += bytes;
            } else if (precedence == Precedence.USUAL) {
                underWayBytes += bytes;
            }
        }

        private void arrive(Sent sent) {
            if (cut[self()][peer] || !held.isEmpty()) {
                if (connection == sent.on) {
                    held.addLast(sent);
                }
                return;
            }
            Side there = other();
            if (connection == sent.on) {
                count(sent.precedence, -sent.bytes.length);
                drain();
            }
            if (there != null && !sent.on.isBroken) {
                there.of.loop.execute(() -> there.take(sent));
            }
        }

        private void drain() {
            if (isFull && underWayBytes <= fullBytes / 2) {
                isFull = false;
                of.loop.execute(() -> of.handler.drained(peer));
            }
        }

        /** What was held up comes now, in its order. */
        void goOn() {
            List<Sent> waiting = new ArrayList<>(held);
            held.clear();
            waiting.forEach(this::arrive);
        }

        private void take(Sent sent) {
            if (connection != sent.on) {
                return;
            }
            if (world.nowNs() - tickedNs > STANDSTILL_NS) {
                end();
                return;
            }
            heardNs = world.nowNs();
            of.handler.received(peer, sent.channel, ByteBuffer.wrap(sent.bytes));
        }
    }

    /** A node has started. */
    Carrier attach(WorldNode node, LinkHandler handler) {
        Ends made = new Ends(node, handler);
        ends[node.id()] = made;
        made.loop.execute(made::tick);
        return made;
    }
}
