package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.replication.LeaderHint;
import org.waybill.cluster.replication.Members;
import org.waybill.io.Clock;

/**
 * One node's part in all elections, round by round: writes its beat, reads everybody's and all claims, and when all of that is
 * answered has them judged and gives hints. A round that is not answered in time is given up; then only the beat is written, until that
 * is answered, so that registers that hang are not buried in questions.
 *
 * <p>Everything happens on the executor, which runs one task at a time, but for {@link #observe}, {@link #answers}, {@link #answerNs} and
 * {@link #claims}.
 */
public final class Election {
    private static final long NEVER = Long.MIN_VALUE;

    private final Electorate electorate;
    private final ElectionOptions options;
    private final Registers registers;
    private final Clock clock;
    private final Executor executor;
    private final HintListener listener;
    private final Leases leases;
    private final AtomicReferenceArray<Observation> observations;
    private final AtomicReferenceArray<Claim> claims;
    private long count;
    private @Nullable Round round;
    private volatile boolean answers;
    private volatile long answerNs = NEVER;
    private boolean ended;

    /** What a shard has said of itself, and when. */
    private record Observation(Standing standing, long atNs) {}

    /** Questions that were asked together. */
    private static final class Round {
        final long askedNs;
        final boolean whole;
        final Map<Integer, Beat> beats = new HashMap<>();
        final Claim[] claims;
        int waiting;
        boolean failed;

        Round(long askedNs, boolean whole, int shards) {
            this.askedNs = askedNs;
            this.whole = whole;
            this.claims = new Claim[shards];
            Arrays.fill(claims, Claim.NONE);
        }
    }

    /**
     * An election that begins with the first {@link #tick}.
     *
     * @param firstCount where the beat begins to count: another number at each start, such as the time
     * @param executor runs one task at a time
     * @param listener is told on the executor
     */
    public Election(
            Electorate electorate,
            ElectionOptions options,
            Registers registers,
            Clock clock,
            long firstCount,
            Executor executor,
            HintListener listener) {
        this.electorate = electorate;
        this.options = options;
        this.registers = registers;
        this.clock = clock;
        this.executor = executor;
        this.listener = listener;
        this.count = firstCount;
        this.leases = new Leases(electorate, options);
        this.observations = new AtomicReferenceArray<>(electorate.shards());
        this.claims = new AtomicReferenceArray<>(electorate.shards());
        for (int shard = 0; shard < electorate.shards(); shard++) {
            observations.set(shard, new Observation(Standing.NONE, clock.nanoTime()));
            claims.set(shard, Claim.NONE);
        }
    }

    /** The name of a shard's register. */
    public static String claimOf(int shard) {
        return "waybill.claim." + shard;
    }

    /** The name of a node's register. */
    public static String beatOf(int node) {
        return "waybill.beat." + node;
    }

    /** See {@link Elections#observe}; on any thread. */
    public void observe(int shard, Standing standing) {
        observations.set(shard, new Observation(standing, clock.nanoTime()));
    }

    /** Time has passed: to be called every {@link ElectionOptions#beatNs}. */
    public void tick() {
        long nowNs = clock.nanoTime();
        Round asked = round;
        if (ended || asked != null && nowNs - asked.askedNs < options.timeoutNs()) {
            return;
        }
        if (asked != null) {
            answers = false;
            registers.stalled();
        }
        begin(nowNs, answers);
    }

    /** Whether the registers have answered the last round. */
    public boolean answers() {
        return answers;
    }

    /** When the registers answered last, by the clock; empty if they never have. */
    public OptionalLong answerNs() {
        long at = answerNs;
        return at == NEVER ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /** What was read last, by the shard's number. */
    public List<Claim> claims() {
        List<Claim> all = new ArrayList<>();
        for (int shard = 0; shard < electorate.shards(); shard++) {
            all.add(claims.get(shard));
        }
        return all;
    }

    /** Asks and tells nothing any more. */
    public void end() {
        ended = true;
        round = null;
        answers = false;
    }

    // ---- rounds

    private void begin(long nowNs, boolean whole) {
        Round asked = new Round(nowNs, whole, electorate.shards());
        round = asked;
        asked.waiting = 1 + (whole ? electorate.nodes().size() + electorate.shards() : 0);
        ask(asked, registers.write(beatOf(electorate.self()), beat(nowNs).encode()), written -> {});
        if (whole) {
            for (int node : electorate.nodes()) {
                ask(asked, registers.read(beatOf(node)), value -> asked.beats.put(node, Beat.decode(value)));
            }
            for (int shard = 0; shard < electorate.shards(); shard++) {
                int number = shard;
                ask(asked, registers.read(claimOf(shard)), value -> asked.claims[number] = Claim.decode(value));
            }
        }
    }

    private Beat beat(long nowNs) {
        List<Standing> standings = new ArrayList<>();
        for (int shard = 0; shard < electorate.shards(); shard++) {
            standings.add(standing(shard, nowNs));
        }
        return new Beat(++count, standings);
    }

    private Standing standing(int shard, long nowNs) {
        Observation seen = observations.get(shard);
        Standing standing = seen.standing();
        return nowNs - seen.atNs() <= options.staleNs()
                ? standing
                : new Standing(standing.member(), standing.epoch(), Stance.BYSTANDER);
    }

    private <T> void ask(Round asked, CompletionStage<T> question, Consumer<T> take) {
        question.whenCompleteAsync(
                (value, failure) -> {
                    if (round == asked) {
                        asked.failed |= failure != null || !isTaken(value, take);
                        asked.waiting--;
                        if (asked.waiting == 0) {
                            finish(asked);
                        }
                    }
                },
                executor);
    }

    private static <T> boolean isTaken(T value, Consumer<T> take) {
        try {
            take.accept(value);
            return true;
        } catch (UnreadableValue unreadable) {
            return false;
        }
    }

    private void finish(Round asked) {
        round = null;
        long nowNs = clock.nanoTime();
        answers = !asked.failed;
        if (asked.failed) {
            return;
        }
        answerNs = nowNs;
        if (!asked.whole) {
            begin(nowNs, true);
            return;
        }
        asked.beats.forEach((node, beat) -> leases.heard(node, beat, nowNs));
        for (int shard = 0; shard < electorate.shards(); shard++) {
            Claim claim = asked.claims[shard];
            Claim next = leases.judge(shard, claim, standing(shard, nowNs), asked.askedNs, nowNs);
            claims.set(shard, claim);
            hint(shard, claim);
            if (!next.equals(claim)) {
                replace(shard, claim, next);
            }
        }
    }

    private void replace(int shard, Claim claim, Claim next) {
        registers
                .compareAndSet(claimOf(shard), claim.encode(), next.encode())
                .whenCompleteAsync(
                        (written, failure) -> {
                            if (failure == null && written && !ended) {
                                hint(shard, next);
                            }
                        },
                        executor);
    }

    private void hint(int shard, Claim claim) {
        if (claim.member() != Members.NONE) {
            listener.hinted(shard, new LeaderHint(claim.epoch(), claim.member()));
        }
    }
}
