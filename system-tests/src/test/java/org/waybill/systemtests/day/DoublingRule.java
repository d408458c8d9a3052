package org.waybill.systemtests.day;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A message is held by one consumer of a source at a time, comes again only if it was given back or its acknowledgement may have been lost, and
 * is marked as redelivered then. What was consumed for certain never comes again. A broker that is killed while it moves a message to an
 * address on another shard may leave it in both, and move it again.
 */
final class DoublingRule implements Checker.Rule {
    @Override
    public void check(History history, Consumer<String> offences) {
        for (String source : history.sources()) {
            Map<String, List<Receipt>> byId =
                    history.receipts(source).stream().collect(Collectors.groupingBy(Receipt::id));
            byId.values().forEach(receipts -> {
                for (int i = 1; i < receipts.size(); i++) {
                    check(history, receipts.get(i - 1), receipts.get(i), offences);
                }
            });
        }
    }

    private static void check(History history, Receipt before, Receipt again, Consumer<String> offences) {
        boolean moved = SeenRule.GRAVEYARDS.contains(again.source())
                && history.brokerKilledBetween(Long.MIN_VALUE, again.timeUs());
        if (again.timeUs() < before.returnUs() && !moved) {
            offences.accept(again.id() + " came from " + again.source() + " to " + before.life() + ", which "
                    + (before.returnUs() == Long.MAX_VALUE ? "consumed it" : "still held it") + ", and to "
                    + again.life() + ": " + before + " " + again);
        } else if (!moved
                && !again.redelivered()
                && !again.app().equals(History.TEST)
                && !history.brokerKilledBetween(
                        Math.min(before.timeUs(), before.life().endUs()), again.timeUs())) {
            offences.accept(again.id() + " came from " + again.source() + " to " + before.life() + " and again to "
                    + again.life() + " without being marked as redelivered");
        }
    }
}
