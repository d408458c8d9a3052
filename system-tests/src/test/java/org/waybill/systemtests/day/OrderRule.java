package org.waybill.systemtests.day;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Messages of one producer and priority come from a source in the order they were sent in, the first time they come.
 *
 * <p>Where one application alone consumes, also what it gave back comes again before anything newer. Where several do, one may have been handed
 * messages that it never looked at; when it goes they come late to another, which is no fault. Groups have a rule of their own.
 */
final class OrderRule implements Checker.Rule {
    /** How long after it was killed a process may still be handed messages. */
    private static final long GONE_WITHIN_US = 5_000_000;

    @Override
    public void check(History history, Consumer<String> offences) {
        for (String source : history.sources()) {
            if (SeenRule.GRAVEYARDS.contains(source)) {
                continue;
            }
            List<Life> consumers = history.consumers(source);
            boolean alone = consumers.stream()
                            .map(Life::app)
                            .collect(Collectors.toSet())
                            .size()
                    <= 1;
            Map<String, InOrder> streams = new TreeMap<>();
            for (Receipt receipt : history.receipts(source)) {
                Sent sent = history.sent(receipt.id()).orElse(null);
                if (sent != null && sent.isPlain() && sent.event().optional("group") == null) {
                    String stream = sent.producer() + " " + sent.priority();
                    streams.computeIfAbsent(stream, key -> new InOrder(consumers, alone, offences))
                            .next(receipt, sent);
                }
            }
        }
    }

    /** The messages of one producer and priority as they came from one source. */
    private static final class InOrder {
        private final List<Life> consumers;
        private final boolean alone;
        private final Consumer<String> offences;
        private final Set<String> seen = new HashSet<>();
        private final Map<String, Sent> last = new HashMap<>();
        private final Returned returned = new Returned();

        InOrder(List<Life> consumers, boolean alone, Consumer<String> offences) {
            this.consumers = consumers;
            this.alone = alone;
            this.offences = offences;
        }

        void next(Receipt receipt, Sent sent) {
            if (receipt.isStale()) {
                returned.cameLate(sent);
                return;
            }
            if (alone) {
                returned.overtakenBy(receipt, sent)
                        .forEach(sequence -> offences.accept(receipt.id() + " came from " + receipt.source() + " to "
                                + receipt.life() + " before " + sent.producer() + "/" + sequence
                                + ", which had been given back"));
            }
            if (!seen.add(receipt.id())) {
                return;
            }
            String stream = alone ? "" : receipt.life().toString();
            Sent before = last.get(stream);
            if (before == null || before.sequence() < sent.sequence()) {
                last.put(stream, sent);
            } else if (alone || !mayHaveBeenWithAnother(receipt, sent)) {
                offences.accept(receipt.id() + " came from " + receipt.source() + " to " + receipt.life() + " after "
                        + before.id());
            }
        }

        /** Whether another consumer that has ended since may have held it unseen. */
        private boolean mayHaveBeenWithAnother(Receipt receipt, Sent sent) {
            return consumers.stream()
                    .anyMatch(life -> !life.app().equals(receipt.app())
                            && life.endUs() + GONE_WITHIN_US >= sent.event().timeUs()
                            && life.endUs() <= receipt.timeUs());
        }
    }
}
