package org.waybill.systemtests.day;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.waybill.systemtests.day.Receipt.Fate;

/**
 * A message that was settled to a queue was consumed or is there at the end; one that is not durable may be missing if the broker was killed
 * after it was sent. Poison is in the dead-letter queue and nothing else is; what expired unconsumed is at the expiry address.
 *
 * <p>A consumer in mode auto that dies between the acknowledgement by its library and its line in the history swallows one message; that many
 * may be missing.
 */
final class LossRule implements Checker.Rule {
    private static final String DEAD_LETTERS = "queue:dead-letters";
    private static final String EXPIRED = "queue:expired";

    @Override
    public void check(History history, Consumer<String> offences) {
        Map<String, Integer> swallowed = swallowed(history);
        for (Sent sent : history.sent()) {
            if (!sent.toQueue() || !sent.isSettled()) {
                continue;
            }
            List<Receipt> receipts = history.receiptsOf(sent.id());
            boolean dead =
                    receipts.stream().anyMatch(receipt -> receipt.source().equals(DEAD_LETTERS));
            if (dead && !sent.isPoison()) {
                offences.accept(sent.id() + " is a dead letter though nothing is wrong with it");
            }
            boolean excused =
                    !sent.durable() && history.brokerKilledBetween(sent.event().timeUs(), Long.MAX_VALUE);
            if (!excused && !isAccountedFor(sent, receipts) && swallowed.merge(sent.to(), -1, Integer::sum) < 0) {
                offences.accept(
                        sent.id() + " was settled to " + sent.to() + " and is lost; it was received as " + receipts);
            }
        }
    }

    private static boolean isAccountedFor(Sent sent, List<Receipt> receipts) {
        return receipts.stream()
                .filter(receipt -> receipt.fate() != Fate.GIVEN_BACK)
                .anyMatch(receipt -> receipt.source().equals(sent.to())
                        || receipt.source().equals(DEAD_LETTERS) && sent.isPoison()
                        || receipt.source().equals(EXPIRED) && sent.expiresUs() > 0);
    }

    /** How many messages of each source may have been acknowledged without a line. */
    static Map<String, Integer> swallowed(History history) {
        Map<String, Integer> swallowed = new HashMap<>();
        for (Life life : history.lives()) {
            Event start = life.events().get(0);
            if (!life.clean() && "auto".equals(start.optional("mode"))) {
                swallowed.merge(start.field("from"), 1, Integer::sum);
            }
        }
        return swallowed;
    }
}
