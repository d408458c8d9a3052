package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.LocalSession;
import org.waybill.spi.BrokerError;
import org.waybill.spi.SessionHandler;

/** A program with a connection to one of the nodes; when that is lost it connects to another, or to the same one again. */
abstract class WorldClient {
    /** How long it may take until somebody is told that what was given to him is not his any more. */
    private static final long TAKEN_AWAY_NS = 3_000 * World.MS;

    final World world;
    final String name;
    private @Nullable Link link;
    private boolean leaving;

    /** A connection, from its beginning to its end. */
    final class Link implements SessionHandler {
        private final WorldNode node;
        private final WorldLoop loop;
        private @Nullable LocalSession session;
        private boolean lost;

        Link(WorldNode node) {
            this.node = node;
            this.loop = node.sessions();
        }

        boolean isLost() {
            return lost;
        }

        WorldNode node() {
            return node;
        }

        LocalSession session() {
            LocalSession open = session;
            if (open == null) {
                throw new IllegalStateException(name + " is not connected yet");
            }
            return open;
        }

        /** Does something on the session's loop, unless the connection is lost by then; what it asks for leaves at its end. */
        void run(Runnable task) {
            loop.execute(() -> {
                if (!lost) {
                    task.run();
                    session().flush();
                }
            });
        }

        /**
         * A message is given out here. One that somebody else has consumed by then was on its way when it was taken away from here: this
         * connection must end.
         */
        WorldHistory.Sent delivered(String queue, String text) {
            WorldHistory.Sent sent = world.history().delivered(queue, text);
            if (sent.isConsumed) {
                String what = text + " comes again to " + name + ", and its acknowledgement was confirmed";
                world.after(TAKEN_AWAY_NS, () -> WorldHistory.require(lost, "I6", what));
            }
            return sent;
        }

        private void begin() {
            loop.execute(() -> {
                if (lost) {
                    return;
                }
                if (node.shards().unavailable() != null) {
                    end(false);
                    return;
                }
                session = new LocalSession(
                        node.shards(), loop, name, node.settings().transactions(), this);
                connected(this);
                session().flush();
            });
        }

        @Override
        public void batchEnd() {
            // nothing is gathered
        }

        @Override
        public void closed(BrokerError error) {
            world.trace(() -> name + " is told: " + error.message());
            end(false);
        }

        /** The connection is no more: what comes of it is not heard. */
        void end(boolean inOrder) {
            if (lost) {
                return;
            }
            lost = true;
            LocalSession open = session;
            if (open != null) {
                loop.execute(inOrder ? open::leave : open::close);
            }
            if (link == this) {
                link = null;
                disconnected();
                connectLater();
            }
        }
    }

    WorldClient(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** There is a connection, on whose loop this is. */
    abstract void connected(Link made);

    /** There is none any more. */
    abstract void disconnected();

    /** Nothing new is begun any more. */
    abstract void finish();

    /** Whether everything has been answered. */
    abstract boolean isDone();

    abstract String describe();

    @Nullable
    Link link() {
        return link;
    }

    final void connect() {
        if (leaving || link != null) {
            return;
        }
        List<WorldNode> candidates = new ArrayList<>();
        for (WorldNode node : world.nodes()) {
            if (node.isUp() && !node.isFrozen()) {
                candidates.add(node);
            }
        }
        if (candidates.isEmpty()) {
            connectLater();
            return;
        }
        Link made = new Link(candidates.get(world.random().nextInt(candidates.size())));
        link = made;
        world.trace(() -> name + " connects to node " + made.node.id());
        made.begin();
    }

    private void connectLater() {
        world.after((20 + world.random().nextInt(300)) * World.MS, this::connect);
    }

    /** A node's process has ended. */
    final void crashed(WorldNode node) {
        Link open = link;
        if (open != null && open.node == node) {
            open.end(false);
        }
    }

    /** Its way to its node is lost, and the node finds out. */
    final void lose() {
        Link open = link;
        if (open != null) {
            world.trace(() -> name + " loses its connection");
            open.end(false);
        }
    }

    final void leave() {
        leaving = true;
        Link open = link;
        if (open != null) {
            open.end(true);
        }
    }

    /** Again and again, at random. */
    final void every(int ms, Runnable task) {
        world.after((1 + world.random().nextInt(2 * ms)) * World.MS, () -> {
            if (!leaving) {
                task.run();
                every(ms, task);
            }
        });
    }
}
