package org.waybill.systemtests.day;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.waybill.systemtests.day.Event.Kind;

/**
 * What applications see is what was sent there: no message out of nothing, none in a wrong place, a browser shows each once. Also what the
 * applications themselves found wrong, and connections that broke while the broker was well.
 */
final class SeenRule implements Checker.Rule {
    /** Where dead and expired messages of any queue are found. */
    static final Set<String> GRAVEYARDS = Set.of("queue:dead-letters", "queue:expired");

    /** How long before its first line an application may have connected. */
    private static final long CONNECTED_WITHIN_US = 2_000_000;

    @Override
    public void check(History history, Consumer<String> offences) {
        history.of(Kind.OFFENCE).forEach(event -> offences.accept(event.app() + " saw: " + event.field("text")));
        Map<String, String> topics = new HashMap<>();
        history.of(Kind.SUBSCRIBED).forEach(event -> topics.put("sub:" + event.field("name"), event.field("topic")));
        for (String source : history.sources()) {
            for (Receipt receipt : history.receipts(source)) {
                history.sent(receipt.id())
                        .ifPresentOrElse(
                                sent -> checkPlace(receipt, sent, topics, offences),
                                () -> offences.accept(receipt.id() + " came from " + source + " and was never sent"));
            }
        }
        for (Life life : history.lives()) {
            checkBrowsing(history, life, offences);
            checkBreaks(history, life, offences);
        }
    }

    private static void checkBreaks(History history, Life life, Consumer<String> offences) {
        long fromUs = life.events().get(0).timeUs() - CONNECTED_WITHIN_US;
        life.events().stream()
                .filter(event -> event.kind() == Kind.BROKEN)
                .filter(event -> !history.brokerKilledBetween(fromUs, event.timeUs()))
                .forEach(event -> offences.accept(life + " broke with no kill: " + event.field("text")));
    }

    private static void checkPlace(Receipt receipt, Sent sent, Map<String, String> topics, Consumer<String> offences) {
        String topic = topics.get(receipt.source());
        boolean right = topic == null
                ? sent.to().equals(receipt.source()) || GRAVEYARDS.contains(receipt.source())
                : sent.to().startsWith("topic:")
                        && SubscriptionRule.matches(topic, sent.to().substring("topic:".length()));
        if (!right) {
            offences.accept(receipt.id() + " was sent to " + sent.to() + " and came from " + receipt.source());
        }
    }

    private static void checkBrowsing(History history, Life life, Consumer<String> offences) {
        Set<String> shown = new HashSet<>();
        for (Event event : life.events()) {
            if (event.kind() == Kind.BROWSE) {
                shown.clear();
            } else if (event.kind() == Kind.BROWSED) {
                String id = event.field("id");
                if (!shown.add(id)) {
                    offences.accept(id + " was shown twice by one browser of " + life);
                }
                if (history.sent(id).isEmpty()) {
                    offences.accept(id + " was shown to a browser of " + life + " and was never sent");
                }
            }
        }
    }
}
