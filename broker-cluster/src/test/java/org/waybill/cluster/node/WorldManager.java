package org.waybill.cluster.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.LocalSession;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/**
 * A transaction manager: prepares branches, decides them after a while and tells the broker until that has answered; lists what is in
 * doubt now and then, and looks whether that is all.
 */
final class WorldManager extends WorldClient {
    private static final int PAGE = 3;

    private final List<WorldBranch> all = new ArrayList<>();
    private @Nullable Link on;
    private boolean finishing;
    private boolean nothingInDoubt;

    WorldManager(World world, String name) {
        super(world, name);
        every(40, this::work);
        every(900, this::list);
    }

    /** A branch that some client begins. */
    WorldBranch begin() {
        byte[] gtrid = ByteBuffer.allocate(8)
                .putInt(all.size())
                .putInt(world.random().nextInt())
                .array();
        Xid xid = new Xid(77, gtrid, new byte[] {1});
        WorldBranch made =
                new WorldBranch(xid, world.history().begin(xid), world.random().nextInt(4) == 0);
        all.add(made);
        return made;
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
        for (WorldBranch branch : all) {
            if (branch.state == WorldBranch.State.OPEN) {
                branch.state = WorldBranch.State.ROLLING_BACK;
            }
        }
    }

    @Override
    boolean isDone() {
        return nothingInDoubt && undecided().isEmpty();
    }

    private List<WorldBranch> undecided() {
        return all.stream()
                .filter(branch -> branch.state != WorldBranch.State.OVER)
                .toList();
    }

    @Override
    String describe() {
        return name + " waits for "
                + undecided().stream().map(WorldBranch::toString).collect(Collectors.joining(", "));
    }

    private void work() {
        Link link = on;
        if (link != null) {
            link.run(() -> undecided().stream()
                    .filter(branch -> branch.asked != link.session())
                    .forEach(branch -> act(branch, link)));
        }
    }

    private void act(WorldBranch branch, Link link) {
        Branches branches = link.session().branches();
        switch (branch.state) {
            case IDLE -> {
                branch.work.commitAsked |= branch.onePhase;
                if (branch.onePhase) {
                    branches.commit(branch.xid, true, answer(branch, link, this::committedAtOnce));
                } else if (branch.prepareAsked && world.random().nextBoolean()) {
                    branch.state = WorldBranch.State.ROLLING_BACK;
                } else {
                    branch.prepareAsked = true;
                    branches.prepare(branch.xid, answer(branch, link, this::prepared));
                }
            }
            case PROMISED -> {
                if (world.nowNs() >= branch.decideNs || finishing) {
                    boolean commits = world.random().nextInt(4) > 0;
                    branch.work.commitAsked = commits;
                    branch.state = commits ? WorldBranch.State.COMMITTING : WorldBranch.State.ROLLING_BACK;
                }
            }
            case COMMITTING -> branches.commit(branch.xid, false, answer(branch, link, this::committed));
            case ROLLING_BACK -> branches.rollback(branch.xid, answer(branch, link, this::rolledBack));
            default -> {
                // others work in it
            }
        }
    }

    private interface Answer {
        void to(WorldBranch branch, XaCode code);
    }

    private Consumer<BranchReply<Void>> answer(WorldBranch branch, Link link, Answer answer) {
        branch.asked = link.session();
        return reply -> {
            if (!link.isLost()) {
                branch.asked = null;
                world.trace(() -> branch + ": " + reply.code());
                world.history().count("branch " + branch.state + " " + reply.code());
                if (reply.code() != XaCode.UNAVAILABLE && reply.code() != XaCode.ERROR) {
                    answer.to(branch, reply.code());
                }
            }
        };
    }

    private static boolean isRolledBack(XaCode code) {
        return code == XaCode.ROLLED_BACK
                || code == XaCode.ROLLED_BACK_CONNECTION_LOST
                || code == XaCode.ROLLED_BACK_TIMEOUT;
    }

    private void prepared(WorldBranch branch, XaCode code) {
        if (code == XaCode.OK) {
            branch.state = WorldBranch.State.PROMISED;
            branch.decideNs = world.nowNs() + world.random().nextInt(2_500) * World.MS;
        } else if (code == XaCode.OUT_OF_ORDER) {
            branch.state = WorldBranch.State.ROLLING_BACK; // somebody's end has not been heard of
        } else {
            refuse(branch, code, isRolledBack(code) || code == XaCode.UNKNOWN);
            branch.over(false);
        }
    }

    private void committed(WorldBranch branch, XaCode code) {
        refuse(branch, code, code == XaCode.OK);
        branch.over(true);
    }

    private void committedAtOnce(WorldBranch branch, XaCode code) {
        if (code != XaCode.OUT_OF_ORDER) {
            refuse(branch, code, code == XaCode.OK || isRolledBack(code) || code == XaCode.UNKNOWN);
            branch.over(code == XaCode.OK);
        }
    }

    private void rolledBack(WorldBranch branch, XaCode code) {
        if (code != XaCode.OUT_OF_ORDER) {
            refuse(branch, code, code == XaCode.OK || code == XaCode.UNKNOWN || isRolledBack(code));
            branch.over(false);
        }
    }

    private static void refuse(WorldBranch branch, XaCode code, boolean isRight) {
        WorldHistory.require(isRight, "I12", branch + " is answered with " + code);
    }

    // ---- recover

    private void list() {
        Link link = on;
        if (link != null) {
            link.run(() -> {
                Set<WorldBranch> promised = all.stream()
                        .filter(branch -> branch.state == WorldBranch.State.PROMISED)
                        .collect(Collectors.toCollection(HashSet::new));
                Set<Xid> over = all.stream()
                        .filter(branch -> branch.state == WorldBranch.State.OVER)
                        .map(branch -> branch.xid)
                        .collect(Collectors.toCollection(HashSet::new));
                page(link, null, new HashSet<>(), found -> listed(found, promised, over));
            });
        }
    }

    private void page(Link link, byte @Nullable [] cursor, Set<Xid> found, Consumer<Set<Xid>> whole) {
        LocalSession session = link.session();
        session.branches().recover(cursor, PAGE, reply -> {
            Branches.Page page = reply.value();
            if (link.isLost() || page == null) {
                return;
            }
            found.addAll(page.xids());
            if (page.next() == null) {
                whole.accept(found);
            } else {
                page(link, page.next(), found, whole);
                session.flush();
            }
        });
    }

    private void listed(Set<Xid> found, Set<WorldBranch> promised, Set<Xid> over) {
        world.history().count("recover");
        for (WorldBranch branch : promised) {
            boolean isListed = branch.state != WorldBranch.State.PROMISED || found.contains(branch.xid);
            WorldHistory.require(isListed, "I12", branch + " is not listed by recover");
        }
        for (WorldBranch branch : all) {
            if (found.contains(branch.xid)) {
                WorldHistory.require(!over.contains(branch.xid), "I12", branch + " is listed, though it is over");
                WorldHistory.require(branch.prepareAsked, "I12", branch + " is listed, and was never prepared");
            }
        }
        nothingInDoubt = finishing && undecided().isEmpty() && found.isEmpty();
    }
}
