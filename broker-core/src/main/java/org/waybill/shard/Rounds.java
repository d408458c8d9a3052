package org.waybill.shard;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

/** Questions to the participants of branches, each asked until all have answered or one has refused. On the coordinator's loop. */
final class Rounds {
    private final Peers peers;
    private final Map<TransactionId, Round> open = new LinkedHashMap<>();

    /** Two leaders of a shard do not use the same numbers. */
    private long lastNumber;

    /** @param beginning where its numbers begin */
    Rounds(Peers peers, UUID beginning) {
        this.peers = peers;
        this.lastNumber = beginning.getMostSignificantBits();
    }

    /** What is asked, by the number of the participant and that of the round. */
    @FunctionalInterface
    interface Question {
        ShardMessage of(int participant, long round);
    }

    private static final class Round {
        final long number;
        final Question question;
        final BitSet missing;
        final Answers answers;
        int beats;

        Round(long number, Question question, BitSet missing, Answers answers) {
            this.number = number;
            this.question = question;
            this.missing = missing;
            this.answers = answers;
        }
    }

    /**
     * Who has asked.
     *
     * @param promised told of each participant that has done what it was asked for
     * @param done called once, with null when all have, or with a refusal
     */
    record Answers(PromiseVisitor promised, Consumer<@Nullable BrokerError> done) {}

    /** Sees one answer. */
    @FunctionalInterface
    interface PromiseVisitor {
        void promised(int participant, Promised answer);
    }

    /** Asks; there is one question about a branch at a time. */
    void ask(TransactionId id, BitSet participants, Question question, Answers answers) {
        if (participants.isEmpty()) {
            answers.done.accept(null);
            return;
        }
        Round round = new Round(++lastNumber, question, (BitSet) participants.clone(), answers);
        open.put(id, round);
        ask(round);
    }

    private void ask(Round round) {
        for (int i = round.missing.nextSetBit(0); i >= 0; i = round.missing.nextSetBit(i + 1)) {
            peers.tell(i, round.question.of(i, round.number));
        }
    }

    /** Nobody wants to know any more. */
    void forget(TransactionId id) {
        open.remove(id);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void promised(int participant, Promised answer) {
        Round round = open.get(answer.id());
        if (round != null && round.number == answer.round() && round.missing.get(participant)) {
            round.missing.clear(participant);
            round.answers.promised.promised(participant, answer);
            if (round.missing.isEmpty()) {
                open.remove(answer.id());
                round.answers.done.accept(null);
            }
        }
    }

    void refused(Refused answer) {
        Round round = open.get(answer.id());
        if (round != null && round.number == answer.round()) {
            open.remove(answer.id());
            round.answers.done.accept(answer.why());
        }
    }

    /** Time has passed: asks again. */
    void beat() {
        for (Round round : List.copyOf(open.values())) {
            if (++round.beats > 1) {
                ask(round);
            }
        }
    }
}
