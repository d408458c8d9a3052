package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;

/**
 * The shards of a broker: what this node has of each, and who leads it, which sessions are told of. A broker without a cluster leads all of
 * its own from the beginning. Any thread.
 */
public final class Shards {
    private static final long NEVER = Long.MIN_VALUE;
    /** So many sessions a millisecond, for good, would have a start begin with a number that an earlier one has given: 2 to the power of it. */
    private static final int SESSIONS_A_MS_BITS = 8;

    private static final long MAX_LEADERLESS_NS = 2_000_000_000L;

    private final AtomicReferenceArray<Shard> here;
    private final AtomicReferenceArray<@Nullable Lead> leads;
    private final Map<Long, LocalSession> sessions = new ConcurrentHashMap<>();
    /** Begins with the time: what is still on its way to a session that this node had before it was started again must find nobody. */
    private final AtomicLong lastSession;

    private final Clock clock;

    /** Since when nobody has led any shard, or {@link #NEVER}. */
    private volatile long leaderlessSinceNs = NEVER;

    private volatile boolean room = true;

    private Shards(Shard[] all, @Nullable Lead[] leads, Clock clock) {
        this.here = new AtomicReferenceArray<>(all);
        this.leads = new AtomicReferenceArray<>(leads);
        this.clock = clock;
        this.lastSession = new AtomicLong(clock.epochMs() << SESSIONS_A_MS_BITS);
    }

    /** Shards that are all led here, for good. */
    public static Shards ledHere(Shard[] all) {
        return new Shards(all, all, all[0].clock());
    }

    /** Shards of which nobody knows yet who leads them. */
    public static Shards inCluster(Shard[] all, Clock clock) {
        Shards made = new Shards(all, new @Nullable Lead[all.length], clock);
        made.leaderlessSinceNs = clock.nanoTime();
        return made;
    }

    /** How many there are. */
    public int count() {
        return here.length();
    }

    /** The shard on which a queue lives, as far as this node knows: whoever asks that shard is told if it does not. */
    int shardOf(String address) {
        int home = Placement.shardOf(address, count());
        return here(home).state().places().away(address, home);
    }

    /** The shard on which a destination lives that {@link #resolve} has seen. */
    int shardOf(Destination destination) {
        return destination.kind() == NodeKind.TOPIC ? LocalSession.TOPICS_SHARD : shardOf(destination.name());
    }

    /** The shard that knows where a destination lives that {@link #resolve} has seen. */
    int homeOf(Destination destination) {
        return destination.kind() == NodeKind.TOPIC
                ? LocalSession.TOPICS_SHARD
                : Placement.shardOf(destination.name(), count());
    }

    /** Finds the kind of a destination of which nobody has said it. */
    Destination resolve(Destination destination) {
        return destination.kind() == NodeKind.ANY
                ? new Destination(
                        destination.name(), here(LocalSession.TOPICS_SHARD).kindOf(destination.name()))
                : destination;
    }

    /** What this node has of a shard: its own lead or a follower. */
    public Shard here(int shard) {
        return here.get(shard);
    }

    /** Does something with what this node has of each. */
    public void forEach(Consumer<Shard> what) {
        for (int i = 0; i < count(); i++) {
            what.accept(here(i));
        }
    }

    /** This node has made its part of a shard anew. */
    public void replace(Shard made) {
        here.set(made.number(), made);
        if (!room) {
            made.roomChanged(false);
            if (room) {
                made.roomChanged(true); // else it could be told so before it was told the contrary
            }
        }
    }

    /** The disk ran out of room for messages, or has room again: for all shards, those too that are made later. */
    public void roomChanged(boolean has) {
        room = has;
        forEach(shard -> shard.roomChanged(has));
    }

    @Nullable
    Lead lead(int shard) {
        return leads.get(shard);
    }

    /** Whether this node leads a shard. */
    public boolean isLedHere(int shard) {
        return leads.get(shard) instanceof Shard;
    }

    /** This node leads a shard from now on. */
    public void leadsHere(int shard) {
        change(shard, here.get(shard));
    }

    /** Nobody leads a shard, as far as is known. */
    public void leaderless(int shard) {
        change(shard, null);
    }

    /**
     * Another node leads a shard from now on.
     *
     * @param term higher with each lead of the shard
     */
    public void leadsElsewhere(int shard, int node, long term, NodeLink link) {
        change(shard, new RemoteLead(shard, node, term, link));
    }

    /** A node is gone, and what it led has no leader that could be reached. */
    public void lost(int node) {
        for (int i = 0; i < count(); i++) {
            if (leads.get(i) instanceof RemoteLead remote && remote.node() == node) {
                change(i, null);
            }
        }
    }

    /** The node that leads a shard, 0 for this one, or -1 for none. */
    public int leader(int shard) {
        Lead lead = leads.get(shard);
        return lead instanceof RemoteLead remote ? remote.node() : lead == null ? -1 : 0;
    }

    /** The node that leads what a destination lives on, as far as is known, by the same numbers. */
    public int leaderOf(Destination destination) {
        return leader(shardOf(resolve(destination)));
    }

    /** Gives a session what a shard on another node answers; see {@link NodeLink#answers}. */
    public void answers(int shard, ByteBuffer in) {
        LocalSession session = sessions.get(Bytes.var(in));
        if (session != null) {
            session.receive(shard, in);
        }
    }

    /** There is room again on the link with a node, after {@link NodeLink#isFull}: what sessions have kept for shards there may go. */
    public void drained(int node) {
        for (int i = 0; i < count(); i++) {
            if (leads.get(i) instanceof RemoteLead remote && remote.node() == node) {
                sessions.values().forEach(LocalSession::drained);
                return;
            }
        }
    }

    void change(int shard, @Nullable Lead lead) {
        if (leads.getAndSet(shard, lead) != lead) {
            if (lead != null) {
                leaderlessSinceNs = NEVER;
            } else if (leaderlessSinceNs == NEVER && isLeaderless()) {
                leaderlessSinceNs = clock.nanoTime();
            }
            sessions.values().forEach(session -> session.leadChanged(shard));
        }
    }

    /** A number for a session that is made. */
    long nextSession() {
        return lastSession.incrementAndGet();
    }

    private boolean isLeaderless() {
        for (int i = 0; i < count(); i++) {
            if (leads.get(i) != null) {
                return false;
            }
        }
        return true;
    }

    /** Why no session can be served, or null: nobody has led any shard for a while, so this node may be cut off from the others. */
    public @Nullable BrokerError unavailable() {
        long since = leaderlessSinceNs;
        return since == NEVER || clock.nanoTime() - since < MAX_LEADERLESS_NS
                ? null
                : new BrokerError(
                        BrokerError.Code.MOVED,
                        "this node reaches no other that leads anything, and leads nothing itself: try another node");
    }

    void opened(LocalSession session) {
        sessions.put(session.id(), session);
    }

    void closed(LocalSession session) {
        sessions.remove(session.id());
    }

    /** Does something with each session that is open. */
    public void forEachSession(Consumer<LocalSession> what) {
        sessions.values().forEach(what);
    }
}
