package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions of other nodes that use shards which this node leads. What comes from one node comes on the loop of its link, one after the
 * other; nodes are independent of each other.
 */
public final class RemoteSessions {
    private final Shards shards;
    private final NodeLink link;

    /** By node, shard and the session's number there. */
    private final Map<Integer, Map<Key, Used>> byNode = new ConcurrentHashMap<>();

    private record Key(int shard, long session) {}

    /** A session, and the shard's state that it has begun with. */
    private record Used(RemoteSession session, Shard shard) {}

    /** Nobody is there yet. */
    public RemoteSessions(Shards shards, NodeLink link) {
        this.shards = shards;
        this.link = link;
    }

    /**
     * A node's session asks something of a shard.
     *
     * @throws IllegalArgumentException when these are not the bytes of commands
     */
    public void commands(int node, int shard, ByteBuffer in) {
        try {
            long id = Bytes.var(in);
            Map<Key, Used> used = byNode.computeIfAbsent(node, key -> new ConcurrentHashMap<>());
            Key key = new Key(shard, id);
            boolean begins = in.get() != 0;
            Used user = used.get(key);
            if (begins) {
                String containerId = Values.text(in);
                if (shards.isLedHere(shard)) {
                    Shard here = shards.here(shard);
                    user = new Used(new RemoteSession(id, node, shard, containerId, link, here.memory()), here);
                    used.put(key, user);
                }
            }
            if (user == null || user.shard != shards.here(shard) || !shards.isLedHere(shard)) {
                used.remove(key);
                moved(node, shard, id);
                return;
            }
            Batch batch = user.session.commands(in);
            if (batch.size > 0 && batch.kinds[batch.size - 1] == Batch.Kind.CLOSE_SESSION) {
                used.remove(key);
            }
            user.shard.submit(batch);
        } catch (BufferUnderflowException | NegativeArraySizeException cut) {
            throw new IllegalArgumentException("commands of a session are cut short", cut);
        }
    }

    private void moved(int node, int shard, long session) {
        Bytes out = new Bytes().putVar(session).putByte(RemoteLead.MOVED);
        link.answers(node, shard, out.array, out.length);
    }

    /** There is room again on the link with a node, after {@link NodeLink#isFull}. On that link's loop. */
    public void drained(int node) {
        Map<Key, Used> used = byNode.get(node);
        if (used != null) {
            used.values().forEach(user -> {
                Batch batch = user.session.drained();
                if (batch != null) {
                    user.shard.submit(batch);
                }
            });
        }
    }

    /** A node is gone: its sessions are lost. */
    public void lost(int node) {
        Map<Key, Used> used = byNode.remove(node);
        if (used != null) {
            used.values().forEach(user -> {
                Batch end = new Batch(user.session);
                end.add(Batch.Kind.CLOSE_SESSION, user.session, 0, 0, null, null);
                user.shard.submit(end);
            });
        }
    }

    /** This node does not lead a shard any more. */
    public void ended(int shard) {
        byNode.values().forEach(used -> used.keySet().removeIf(key -> key.shard == shard));
    }
}
