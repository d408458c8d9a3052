package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.waybill.systemtests.day.History.Ending;

/**
 * A transaction happens as a whole or not at all. That everything of a committed one did is what the rules of loss and doubling say; here: that
 * nothing of a rolled back one did, and that one whose commit was never answered did not happen by halves.
 */
final class TransactionRule implements Checker.Rule {
    private static final class Effects {
        final List<String> sendsSeen = new ArrayList<>();
        final List<String> sendsUnseen = new ArrayList<>();
        final List<String> returned = new ArrayList<>();
        final List<String> gone = new ArrayList<>();
    }

    @Override
    public void check(History history, Consumer<String> offences) {
        Map<String, Effects> effects = effects(history);
        history.transactions().forEach((tx, ending) -> {
            Effects seen = effects.get(tx);
            if (seen == null || ending == Ending.COMMITTED) {
                return;
            }
            if (ending == Ending.ROLLED_BACK && !seen.sendsSeen.isEmpty()) {
                offences.accept(tx + " was rolled back, and yet these of its messages were seen: " + seen.sendsSeen);
            }
            boolean happened = !seen.sendsSeen.isEmpty() || !seen.gone.isEmpty();
            boolean didNot = !seen.sendsUnseen.isEmpty() || !seen.returned.isEmpty();
            if (ending == Ending.UNKNOWN && happened && didNot) {
                offences.accept(tx + " happened by halves: sent and seen " + seen.sendsSeen + ", sent and not seen "
                        + seen.sendsUnseen + ", consumed " + seen.gone + ", come again " + seen.returned);
            }
        });
    }

    private static Map<String, Effects> effects(History history) {
        Map<String, Effects> effects = new TreeMap<>();
        for (Sent sent : history.sent()) {
            if (sent.tx() != null && sent.toQueue() && sent.durable()) {
                Effects of = effects.computeIfAbsent(sent.tx(), tx -> new Effects());
                boolean seen = !history.receiptsOf(sent.id()).isEmpty();
                (seen ? of.sendsSeen : of.sendsUnseen).add(sent.id());
            }
        }
        for (String source : history.sources()) {
            for (Receipt receipt : history.receipts(source)) {
                if (receipt.tx() != null) {
                    Effects of = effects.computeIfAbsent(receipt.tx(), tx -> new Effects());
                    boolean again = history.receiptsOf(receipt.id(), source).stream()
                            .anyMatch(later -> later.timeUs() > receipt.timeUs());
                    (again ? of.returned : of.gone).add(receipt.id());
                }
            }
        }
        return effects;
    }
}
