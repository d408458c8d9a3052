package org.waybill.cluster.node;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;

/** Moves queues from shard to shard. */
final class WorldAdministrator extends WorldClient {
    private @Nullable Link on;
    private boolean finishing;

    WorldAdministrator(World world, String name) {
        super(world, name);
        every(600, this::move);
    }

    private void move() {
        Link link = on;
        if (link == null || finishing) {
            return;
        }
        link.run(() -> {
            List<String> queues = world.clients().queues();
            String queue = queues.get(world.random().nextInt(queues.size()));
            int shard = world.random().nextInt(World.SHARDS);
            world.trace(() -> name + " has " + queue + " go to shard " + shard);
            Operation.Target target = new Operation.Target(Operation.Type.QUEUE, queue);
            link.session().manage(new Operation.MoveQueue(target, shard), reply -> {
                boolean moves = reply instanceof Reply.Done<?>;
                world.history().count(moves ? "queue moves" : "queue does not move");
            });
        });
    }

    @Override
    void connected(Link made) {
        on = made;
    }

    @Override
    void disconnected() {
        on = null;
    }

    @Override
    void finish() {
        finishing = true;
    }

    @Override
    boolean isDone() {
        return true;
    }

    @Override
    String describe() {
        return name;
    }
}
