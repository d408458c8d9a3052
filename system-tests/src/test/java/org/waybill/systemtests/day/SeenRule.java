package org.waybill.systemtests.day;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.waybill.systemtests.day.Event.Kind;

/**
 * What applications see is what was sent there: no message out of nothing, none in a wrong place, a browser shows each once. Also what the
 * applications themselves found wrong.
 */
final class SeenRule implements Checker.Rule {
    /** Where dead and expired messages of any queue are found. */
    static final Set<String> GRAVEYARDS = Set.of("queue:dead-letters", "queue:expired");

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
        }
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
