package org.waybill.cluster.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.waybill.cluster.election.Election;
import org.waybill.cluster.election.ElectionOptions;
import org.waybill.cluster.election.ElectionStatus;
import org.waybill.cluster.election.Elections;
import org.waybill.cluster.election.Electorate;
import org.waybill.cluster.election.HintListener;
import org.waybill.cluster.election.Standing;

/** A node's part in elections, with {@link WorldRegisters}. */
final class WorldElections implements Elections {
    private static final ElectionOptions TIMES = ElectionOptions.defaults();

    private final WorldLoop loop;
    private final Election election;

    WorldElections(World world, WorldNode node, WorldLoop loop, HintListener listener) {
        this.loop = loop;
        this.election = new Election(
                new Electorate(
                        node.id(), world.nodes().stream().map(WorldNode::id).toList(), World.SHARDS),
                TIMES,
                world.registers().of(node),
                node,
                node.epochMs(),
                loop,
                listener);
        loop.execute(this::tick);
    }

    private void tick() {
        election.tick();
        loop.schedule(TIMES.beatNs(), this::tick);
    }

    @Override
    public void observe(int shard, Standing standing) {
        election.observe(shard, standing);
    }

    @Override
    public boolean answers() {
        return election.answers();
    }

    @Override
    public ElectionStatus status() {
        return new ElectionStatus(election.answers(), -1, election.claims(), List.of());
    }

    @Override
    public CompletionStage<Void> close() {
        election.end();
        return CompletableFuture.completedStage(null);
    }
}
