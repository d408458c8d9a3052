package org.waybill.cluster.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.cp.CPMember;
import com.hazelcast.cp.CPSubsystemManagementService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.cluster.election.Election;
import org.waybill.cluster.election.Elector;
import org.waybill.io.Clock;

/**
 * Keeps this node's Hazelcast going, and a CP subsystem with it, whatever has happened to either:
 *
 * <ol>
 *   <li>starts it, and again if it has ended by itself;
 *   <li>finds the registers, and again while they do not answer: after a reset they are others;
 *   <li>takes out of the CP subsystem whoever had this node's address before, and then gets this node in: a member that was restarted has
 *       forgotten everything, and nobody else does this;
 *   <li>starts it anew if it believes to be in and the others do not: it was away for so long that they took it out;
 *   <li>if nobody answers for {@code resetMs} although as many nodes are there as are needed: has everybody begin with empty
 *       registers. Only the oldest node does (Hazelcast refuses others), and in a partition no side can, since none has them all;
 *   <li>if nobody answers for {@code restartMs} all the same: starts its own part anew.
 * </ol>
 *
 * Registers hold hints only, so that doing one of these without need costs time and nothing else.
 *
 * <p>{@link #tick} and everything private happens on the executor of the election, but for what is given to the worker, which may block.
 */
final class Care {
    private static final Logger LOG = LoggerFactory.getLogger(Care.class);
    private static final long MS = 1_000_000;
    private static final long RETRY_NS = 2_000 * MS;
    private static final long WORTH_TELLING_NS = 2_000 * MS;
    private static final int STRANGER_ROUNDS = 3;

    private final HazelcastOptions options;
    private final Election election;
    private final CpRegisters registers;
    private final Clock clock;
    private final Executor executor;
    private final Executor worker;
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile @Nullable HazelcastInstance hazelcast;
    private volatile Voters voters = Voters.UNKNOWN;
    private volatile boolean closed;
    private boolean answered;
    private String complaint = "";
    private long answeredNs;
    private long notBeforeNs;
    private long resetNs;
    private long patientSinceNs;
    private int strangerRounds;

    /** Members of the CP subsystem that has a seed. */
    private record Voters(Collection<CPMember> members, long seed) {
        static final Voters UNKNOWN = new Voters(List.of(), 0);
    }

    Care(
            HazelcastOptions options,
            Election election,
            CpRegisters registers,
            Clock clock,
            Executor executor,
            Executor worker) {
        this.options = options;
        this.election = election;
        this.registers = registers;
        this.clock = clock;
        this.executor = executor;
        this.worker = worker;
        this.notBeforeNs = clock.nanoTime();
        this.resetNs = notBeforeNs;
        this.patientSinceNs = notBeforeNs;
        this.answeredNs = notBeforeNs;
    }

    /** Looks after everything; twice a second or so. */
    void tick() {
        if (closed) {
            return;
        }
        long nowNs = clock.nanoTime();
        tell(nowNs);
        HazelcastInstance here = hazelcast;
        if (here == null) {
            start(nowNs);
        } else if (!here.getLifecycleService().isRunning()) {
            restart(here, "it has ended by itself");
        } else if (here.getCluster().getMembers().size() < options.electors()) {
            patientSinceNs = nowNs;
            rebind(here, nowNs);
        } else if (election.answers()) {
            patientSinceNs = nowNs;
            belong(here);
        } else {
            rebind(here, nowNs);
            remedy(here, nowNs);
        }
    }

    /** Who is asked has not answered in time; on the executor. */
    void stalled() {
        HazelcastInstance here = hazelcast;
        if (here != null && voters.members().size() > 1) {
            Internals.forgetLeader(here, voters.members(), voters.seed());
        }
    }

    /** Who keeps the registers, as far as this node knows; on any thread. */
    List<Elector> electors() {
        HazelcastInstance here = hazelcast;
        if (here == null || !here.getLifecycleService().isRunning()) {
            return List.of();
        }
        Map<Integer, Address> present = new HashMap<>();
        for (Member member : here.getCluster().getMembers()) {
            String node = member.getAttribute(Settings.NODE);
            if (node != null) {
                present.put(Integer.valueOf(node), member.getAddress());
            }
        }
        Optional<UUID> leader = Internals.leader(here);
        List<Elector> electors = new ArrayList<>();
        for (Seat seat : options.seats()) {
            Address address = present.get(seat.node());
            Optional<UUID> voter = voters.members().stream()
                    .filter(member -> member.getAddress().equals(address))
                    .map(CPMember::getUuid)
                    .findFirst();
            boolean leads = voter.isPresent() && voter.equals(leader);
            electors.add(new Elector(seat.node(), address != null, voter.isPresent(), leads));
        }
        return electors;
    }

    /** Begins nothing any more; on any thread. */
    void end() {
        closed = true;
        registers.unbind();
    }

    /** Ends Hazelcast without a word to the others: there is nothing in it that they would need. On the worker, after {@link #end}. */
    void terminate() {
        HazelcastInstance here = hazelcast;
        if (here != null) {
            here.getLifecycleService().terminate();
        }
    }

    // ---- starting, and finding the registers

    private void start(long nowNs) {
        if (nowNs < notBeforeNs) {
            return;
        }
        notBeforeNs = nowNs + RETRY_NS;
        work(() -> {
            HazelcastInstance made = Hazelcast.newHazelcastInstance(Settings.of(options));
            hazelcast = made;
            if (closed) {
                made.getLifecycleService().terminate();
            }
        });
    }

    private void rebind(HazelcastInstance here, long nowNs) {
        boolean might = here.getCPSubsystem().getCPSubsystemManagementService().isDiscoveryCompleted();
        if (might && !election.answers() && nowNs >= notBeforeNs) {
            notBeforeNs = registers.isBound() ? nowNs + RETRY_NS : nowNs;
            work(() -> registers.bind(here));
        }
    }

    private void restart(HazelcastInstance here, String why) {
        LOG.warn("WB3105 elections: this node's Hazelcast is started anew: {}", why);
        hazelcast = null;
        voters = Voters.UNKNOWN;
        strangerRounds = 0;
        registers.unbind();
        notBeforeNs = clock.nanoTime();
        patientSinceNs = notBeforeNs;
        worker.execute(() -> here.getLifecycleService().terminate());
    }

    /** One at a time: what comes while something is done comes again. */
    private void work(Runnable task) {
        if (closed || !working.compareAndSet(false, true)) {
            return;
        }
        worker.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException failure) {
                executor.execute(() -> complain(String.valueOf(failure.getMessage())));
            } finally {
                working.set(false);
            }
        });
    }

    // ---- who belongs to the CP subsystem

    private void belong(HazelcastInstance here) {
        CPSubsystemManagementService cp = here.getCPSubsystem().getCPSubsystemManagementService();
        long seed = Internals.seed(here);
        ask(here, cp.getCPMembers(), members -> {
            voters = new Voters(List.copyOf(members), seed);
            CPMember self = cp.getLocalCPMember();
            Address address = here.getCluster().getLocalMember().getAddress();
            Optional<CPMember> predecessor = members.stream()
                    .filter(member -> member.getAddress().equals(address) && !member.equals(self))
                    .findFirst();
            strangerRounds = self != null && !members.contains(self) ? strangerRounds + 1 : 0;
            if (strangerRounds >= STRANGER_ROUNDS) {
                restart(here, "the others have taken it out while it was away");
            } else if (predecessor.isPresent()) {
                ask(here, cp.removeCPMember(predecessor.get().getUuid()), removed -> {});
            } else if (self == null) {
                ask(here, cp.promoteToCPMember(), promoted -> LOG.info("WB3103 elections: this node has a vote again"));
            }
        });
    }

    // ---- when nobody answers though everybody is there

    private void remedy(HazelcastInstance here, long nowNs) {
        if (nowNs - patientSinceNs > options.restartMs() * MS) {
            restart(here, "nobody has answered for " + options.restartMs() + " ms");
            return;
        }
        boolean oldest = here.getCluster().getMembers().iterator().next().localMember();
        long silentNs = nowNs - Math.max(patientSinceNs, resetNs);
        if (oldest && silentNs > options.resetMs() * MS) {
            resetNs = nowNs;
            LOG.warn("WB3104 elections: nobody has answered for {} ms, all nodes begin anew", options.resetMs());
            ask(here, here.getCPSubsystem().getCPSubsystemManagementService().reset(), reset -> {});
        }
    }

    /** What fails is tried again at another tick, if it is needed still. */
    private <T> void ask(HazelcastInstance here, CompletionStage<T> question, Consumer<T> take) {
        question.whenCompleteAsync(
                (value, failure) -> {
                    if (failure != null) {
                        LOG.debug("elections: {}", failure.getMessage());
                    } else if (hazelcast == here && !closed) {
                        take.accept(value);
                    }
                },
                executor);
    }

    // ---- what is logged, once each

    private void tell(long nowNs) {
        if (election.answers()) {
            answeredNs = nowNs;
            if (!answered) {
                answered = true;
                complaint = "";
                LOG.info("WB3101 elections: the nodes answer each other");
            }
        } else if (answered && nowNs - answeredNs > WORTH_TELLING_NS) {
            answered = false;
            LOG.warn("WB3102 elections: no answer; shards that have no leader elect by themselves after some seconds");
        }
    }

    private void complain(String what) {
        if (!closed && !what.equals(complaint)) {
            complaint = what;
            LOG.warn("WB3106 elections: {}", what);
        }
    }
}
