package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The well-known courses of events in a replicated log, one by one; every step is checked as in the simulation. */
final class ScenarioTest {
    @Test
    void electsWhoIsHintedAndCommits() {
        Script script = Script.of(3);
        script.elect(1);
        long index = script.propose(1);
        script.awaitCommitted(0, index);
        script.awaitCommitted(2, index);
        assertThat(script.replica(0).leader()).isEqualTo(script.node(1).member);
    }

    @Test
    void figureEightOfTheRaftPaper() {
        Scenarios.figureEight(Mutation.NONE);
    }

    @Test
    void refusesFetchesOfACandidateThatIsOutdated() {
        Scenarios.donorMovesOn(Mutation.NONE);
    }

    @Test
    void keepsWhatItHasFromAnOutdatedLeader() {
        Scenarios.outdatedLeaderWritesOn(Mutation.NONE);
    }

    @Test
    void growsOneMemberAtATime() {
        Scenarios.growsByTwo(Mutation.NONE);
    }

    @Test
    void commitsNothingWithoutAMajority() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(1, script.propose(0));
        script.kill(1);
        script.kill(2);
        long index = script.propose(0);
        script.runFor(700);
        assertThat(script.replica(0).commitIndex()).isLessThan(index);
        script.runFor(300);
        assertThat(script.replica(0).mayAct()).isFalse();
        script.runFor(3_000);
        assertThat(script.replica(0).role()).isNotEqualTo(Role.LEADER);
        script.start(1);
        script.runFor(1_000);
        script.elect(0);
        script.awaitCommitted(1, index);
    }

    @Test
    void cutsAwayWhatAnIsolatedLeaderWrote() {
        Script script = Script.of(5);
        script.elect(0);
        script.awaitCommitted(4, script.propose(0));
        script.isolate(0);
        long lost = script.propose(0);
        for (int i = 0; i < 20; i++) {
            script.propose(0, 60);
        }
        script.runFor(1_000);
        script.elect(3);
        long kept = script.propose(3);
        script.awaitCommitted(4, kept);
        long epoch = script.replica(3).epoch();
        assertThat(script.replica(0).commitIndex()).isLessThan(lost);
        script.join();
        script.awaitCommitted(0, kept);
        assertThat(script.has(0, kept, epoch)).isTrue();
        assertThat(script.replica(0).lastIndex()).isEqualTo(script.replica(3).lastIndex());
    }

    @Test
    void aMemberThatComesBackDisturbsNobody() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        long epoch = script.replica(0).epoch();
        script.isolate(2);
        script.runFor(20_000);
        script.join();
        script.runFor(2_000);
        assertThat(script.replica(0).epoch()).isEqualTo(epoch);
        assertThat(script.replica(0).mayAct()).isTrue();
    }

    @Test
    void aStaleHintDisturbsNobody() {
        Script script = Script.of(3);
        script.elect(0);
        long epoch = script.replica(0).epoch();
        script.hint(1, 1, epoch + 1);
        script.hint(2, 2, epoch);
        script.runFor(2_000);
        assertThat(script.replica(0).epoch()).isEqualTo(epoch);
        assertThat(script.replica(0).mayAct()).isTrue();
    }

    @Test
    void electsWithoutHintsAfterSomeSeconds() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        script.kill(0);
        script.runFor(6_500);
        assertThat(script.replica(1).isLeading() ^ script.replica(2).isLeading())
                .isTrue();
    }

    @Test
    void doesNotPromiseWhileALeaseRuns() {
        Script script = Script.of(3);
        script.elect(0);
        script.isolate(0);
        script.hint(1);
        script.runFor(500);
        assertThat(script.replica(0).mayAct()).isTrue();
        assertThat(script.replica(1).role()).isEqualTo(Role.FOLLOWER);
        script.runFor(900);
        assertThat(script.replica(0).mayAct()).isFalse();
        assertThat(script.replica(1).isLeading()).isTrue();
    }

    @Test
    void handsOverWithoutWaitingForTheLease() {
        Script script = Script.of(3);
        script.elect(0);
        long index = script.propose(0);
        SimNode node = script.node(0);
        long to = script.node(2).member;
        node.run(node.life, () -> assertThat(node.replica().handOver(to)).isTrue());
        assertThat(script.replica(0).mayAct()).isFalse();
        script.runFor(100);
        assertThat(script.replica(2).mayAct()).isTrue();
        script.awaitCommitted(0, index);
    }

    @Test
    void aLeaderHandsOverToWhomANewerHintNames() {
        Script script = Script.of(3);
        script.elect(0);
        script.hint(0, 1, script.replica(0).epoch() + 1);
        script.runFor(100);
        assertThat(script.replica(1).mayAct()).isTrue();
    }

    @Test
    void aLeaderThatIsNotHeardIsReplaced() {
        Script script = Script.of(3);
        script.elect(0);
        script.cut(0, 1);
        script.cut(0, 2);
        script.runFor(8_000);
        assertThat(script.replica(0).isLeading()).isFalse();
        assertThat(script.replica(1).isLeading() ^ script.replica(2).isLeading())
                .isTrue();
    }

    @Test
    void whatALeaderAloneHasForcedIsToldAndMayBeReplaced() {
        Script script = Script.of(3);
        script.elect(0);
        script.isolate(0);
        long index = script.propose(0);
        script.simulation.runUntil(
                "the leader has forced it", () -> script.node(0).machine().forcedIndex == index);
        assertThat(script.replica(0).mayAct()).isTrue();
        assertThat(script.replica(0).commitIndex()).isLessThan(index);
        long epoch = script.replica(0).epoch();
        script.kill(0);
        script.runFor(1_000);
        script.elect(1);
        script.join();
        script.start(0);
        script.awaitCommitted(0, script.propose(1));
        assertThat(script.replica(0).log().epochAt(index)).isGreaterThan(epoch);
    }

    @Test
    void whoFollowsIsNotToldWhatItHasForced() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(1, script.propose(0));
        assertThat(script.node(0).machine().forcedIndex).isPositive();
        assertThat(script.node(1).machine().forcedIndex).isZero();
    }

    @Test
    void adoptsWhatWasCommittedByOthers() {
        Script script = Script.of(3);
        script.elect(0);
        script.isolate(2);
        for (int i = 0; i < 10; i++) {
            script.propose(0, 50);
        }
        long index = script.replica(0).lastIndex();
        script.awaitCommitted(1, index);
        script.kill(0);
        script.runFor(1_000);
        script.join();
        script.elect(2);
        assertThat(script.replica(2).commitIndex()).isGreaterThan(index);
    }

    @Test
    void catchesUpBySnapshotWhenTheTailIsGone() {
        Script script = Scenarios.behindTheTail(Mutation.NONE);
        assertThat(script.replica(0).log().firstIndex()).isGreaterThan(100);
        script.start(2);
        script.awaitCommitted(2, script.replica(0).lastIndex());
        assertThat(script.simulation.history().snapshots).isEqualTo(1);
    }

    @Test
    void aCandidateAdoptsASnapshotWhenTheTailIsGone() {
        Script script = Script.of(3);
        script.elect(0);
        script.isolate(2);
        for (int i = 0; i < 200; i++) {
            script.propose(0, 60);
            script.runFor(2);
        }
        long index = script.replica(0).lastIndex();
        script.awaitCommitted(1, index);
        script.kill(0);
        script.runFor(1_000);
        script.join();
        script.elect(2);
        assertThat(script.replica(2).commitIndex()).isGreaterThan(index);
    }

    @Test
    void aSnapshotConvergesWhileMuchIsWritten() {
        Script script = Scenarios.behindTheTail(Mutation.NONE);
        // each piece takes so long that what is written meanwhile is more than is kept
        script.node(0).machine().maxPartNs = 400 * Simulation.MS;
        script.start(2);
        int pressed = 0;
        for (int i = 0; i < 2_000 && script.simulation.history().snapshots == 0; i++) {
            if (script.replica(0).isBacklogged()) {
                pressed++;
            } else {
                script.propose(0, 60);
            }
            script.runFor(5);
        }
        assertThat(pressed).isPositive();
        assertThat(script.simulation.history().snapshots).isEqualTo(1);
        script.awaitCommitted(2, script.replica(0).lastIndex());
        script.runFor(1_000);
        assertThat(script.replica(0).isBacklogged()).isFalse();
        assertThat(script.simulation.history().snapshots).isEqualTo(1);
    }

    @Test
    void aSilentTakerHoldsUpNobody() {
        Script script = Scenarios.behindTheTail(Mutation.NONE);
        script.node(0).machine().maxPartNs = 400 * Simulation.MS;
        script.start(2);
        while (!script.replica(0).isBacklogged()) {
            script.propose(0, 60);
            script.runFor(5);
        }
        script.kill(2);
        script.runFor(1_500);
        for (int i = 0; i < 400; i++) {
            assertThat(script.replica(0).isBacklogged()).isFalse();
            script.propose(0, 60);
            script.runFor(5);
        }
    }

    @Test
    void aLeaderThatNeedsTheVoteOfWhomItGivesASnapshotBeginsAnew() {
        Script script = Scenarios.catchingUpWithoutMajority(Mutation.NONE);
        long epoch = script.replica(0).epoch();
        long index = script.replica(0).lastIndex();
        script.awaitCommitted(2, index);
        assertThat(script.replica(0).epoch()).isGreaterThan(epoch);
        assertThat(script.replica(0).isLeading()).isTrue();
        assertThat(script.has(2, index, epoch)).isTrue();
    }

    @Test
    void aDeposedLeaderEndsNoCheckpoint() {
        Scenarios.checkpointOfADeposedLeader(Mutation.NONE);
    }

    @Test
    void nobodyGivesAwayWhatIsNotCommitted() {
        Scenarios.snapshotOfUncommitted(Mutation.NONE);
    }

    @Test
    void aLeaderEndsACheckpointWhenItIsCommitted() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(0, script.propose(0));
        script.isolate(0);
        long index = script.propose(0);
        script.checkpoint(0);
        script.runFor(300);
        assertThat(script.node(0).machine().checkpoints).isZero();
        script.join();
        script.awaitCommitted(0, index);
        script.runFor(100);
        assertThat(script.node(0).machine().checkpoints).isEqualTo(1);
        script.kill(0);
        script.start(0);
        assertThat(script.node(0).machine().index()).isGreaterThanOrEqualTo(index - 1);
    }

    @Test
    void whoMayHaveForgottenWhatItAnsweredForElectsNobody() {
        Scenarios.forgetsWhatItAnsweredFor(Mutation.NONE, true, false);
        Scenarios.forgetsWhatItAnsweredFor(Mutation.NONE, true, true);
        Scenarios.forgetsWhatItAnsweredFor(Mutation.NONE, false, false);
    }

    @Test
    void aLeaderKnowsWhoLags() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        script.runFor(100);
        script.kill(2);
        long before = script.replica(0).status().commitIndex();
        script.propose(0, 30);
        script.awaitCommitted(0, script.propose(0, 40));
        script.runFor(300);
        ReplicaStatus status = script.replica(0).status();
        assertThat(status.role()).isEqualTo(Role.LEADER);
        assertThat(status.acts()).isTrue();
        assertThat(status.leader()).isEqualTo(status.self());
        assertThat(status.lastIndex()).isEqualTo(before + 2);
        assertThat(status.others()).allMatch(ReplicaStatus.Other::counts).noneMatch(ReplicaStatus.Other::snapshot);
        ReplicaStatus.Other near = other(status, script.node(1));
        assertThat(near.lagEntries()).isZero();
        assertThat(near.lagBytes()).isZero();
        assertThat(near.answeredNs()).isBetween(0L, 200 * Simulation.MS);
        ReplicaStatus.Other lags = other(status, script.node(2));
        assertThat(lags.lagEntries()).isEqualTo(2);
        assertThat(lags.lagBytes()).isEqualTo(30 + 40 + 2 * Entry.RECORD_HEADER_BYTES);
        assertThat(lags.answeredNs()).isGreaterThan(200 * Simulation.MS);
        ReplicaStatus follows = script.replica(1).status();
        assertThat(follows.leader()).isEqualTo(status.self());
        assertThat(follows.acts()).isFalse();
        assertThat(follows.lacks()).isFalse();
        assertThat(follows.others()).isEmpty();
    }

    private static ReplicaStatus.Other other(ReplicaStatus status, SimNode node) {
        return status.others().stream()
                .filter(other -> other.member() == node.member)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void survivesTheLossOfPowerEverywhere() {
        Script script = Script.of(3);
        script.elect(0);
        long index = 0;
        for (int i = 0; i < 50; i++) {
            index = script.propose(0, 40);
            script.runFor(i == 20 ? 100 : 3);
            if (i == 20) {
                script.checkpoint(1);
            }
        }
        script.awaitCommitted(0, index);
        script.simulation.nodes().forEach(node -> node.stop(true));
        script.simulation.nodes().forEach(SimNode::start);
        script.runFor(1_000);
        script.elect(1);
        assertThat(script.replica(1).commitIndex()).isGreaterThan(index);
    }

    @Test
    void aLostDiskIsReplacedByAnotherMember() {
        Script script = Script.of(3);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        long before = script.node(2).member;
        script.kill(2);
        script.node(2).replaceDisk();
        script.start(2);
        long after = script.node(2).member;
        script.simulation.runUntil(
                "the new member counts", () -> script.replica(2).replicas().contains(after));
        assertThat(script.replica(0).replicas().contains(before)).isFalse();
        assertThat(script.replica(0).replicas().size()).isEqualTo(3);
        script.awaitCommitted(2, script.propose(0));
    }

    @Test
    void aMemberThatOnlyALostLeaderHasTakenInAsksAgain() {
        Script script = Script.of(5);
        script.elect(0);
        script.awaitCommitted(4, script.propose(0));
        long before = script.node(4).member;
        script.kill(4);
        script.node(4).replaceDisk();
        script.start(4);
        long after = script.node(4).member;
        script.simulation.runUntil(
                "its predecessor does not count any more",
                () -> !script.replica(0).replicas().contains(before)
                        && script.replica(0).commitIndex() == script.replica(0).lastIndex());
        script.cut(0, 1);
        script.cut(0, 2);
        script.cut(0, 3);
        script.simulation.runUntil(
                "it takes itself for a member",
                () -> script.replica(4).replicas().contains(after));
        script.kill(0);
        script.join();
        script.isolate(4);
        script.runFor(1_000);
        script.elect(1);
        script.join();
        assertThat(script.replica(1).replicas().contains(after)).isFalse();
        SimNode leader = script.node(1);
        leader.run(leader.life, () -> leader.replica().admit(4));
        script.simulation.runUntil(
                "it counts", () -> script.replica(1).replicas().contains(after));
        script.awaitCommitted(4, script.propose(1));
    }

    @Test
    void nobodyDismissesItselfNorTwoAtATime() {
        Script script = Script.of(5);
        script.elect(0);
        SimNode node = script.node(0);
        node.run(node.life, () -> {
            assertThat(node.replica().dismiss(node.member)).isFalse();
            assertThat(node.replica().dismiss(script.node(4).member)).isTrue();
            assertThat(node.replica().dismiss(script.node(3).member)).isFalse();
        });
        script.runFor(100);
        assertThat(script.replica(1).replicas().size()).isEqualTo(4);
    }

    @Test
    void aReplicaThatKnowsNothingDoesNothing() {
        Script script = new Script(3, 0, Mutation.NONE);
        script.hint(0);
        script.runFor(20_000);
        assertThat(script.replica(0).role()).isEqualTo(Role.FOLLOWER);
        assertThat(script.replica(0).lastIndex()).isZero();
    }

    @Test
    void toleratesMessagesThatComeTwiceAndLate() {
        Script script = Script.of(3);
        script.elect(0);
        script.simulation.network.doubling = 0.9;
        script.simulation.network.maxDelayNs = 100 * Simulation.MS;
        long index = 0;
        for (int i = 0; i < 100; i++) {
            index = script.propose(0, 30);
            script.runFor(5);
        }
        script.awaitCommitted(1, index);
        script.awaitCommitted(2, index);
    }
}
