package org.waybill.systemtests.day;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.day.Event.Kind;

/**
 * A durable subscription gets every durable message that is sent to its topic from its making on, whether anybody listens or not; when it is
 * removed, what nobody has received yet goes with it. One that is not durable gets, as long as its connection lives, everything between the first and the last message it got of a producer.
 * Neither gets what its selector does not want.
 */
final class SubscriptionRule implements Checker.Rule {
    /** One subscription from its making to its removal. */
    private record Span(Event made, long untilUs) {
        boolean wants(Sent sent) {
            String colour = made.optional("colour");
            return sent.to().startsWith("topic:")
                    && matches(made.field("topic"), sent.to().substring("topic:".length()))
                    && (colour == null || colour.equals(sent.event().optional("colour")));
        }

        String source() {
            return "sub:" + made.field("name");
        }
    }

    @Override
    public void check(History history, Consumer<String> offences) {
        Map<String, Integer> swallowed = LossRule.swallowed(history);
        for (Span span : durable(history)) {
            for (Sent sent : history.sent()) {
                boolean within = sent.event().timeUs() > span.made().timeUs() && sent.settledUs() < span.untilUs();
                if (within
                        && sent.durable()
                        && sent.isPlain()
                        && span.wants(sent)
                        && isMissing(history, sent, span)
                        && !mayHaveGoneWith(history, sent, span)) {
                    if (swallowed.merge(span.source(), -1, Integer::sum) < 0) {
                        offences.accept(
                                sent.id() + " was settled to " + sent.to() + " and is missing from " + span.source());
                    }
                }
            }
        }
        for (Life life : history.lives()) {
            life.events().stream()
                    .filter(event -> event.kind() == Kind.SUBSCRIBED)
                    .forEach(made -> checkSelected(history, new Span(made, life.endUs()), offences));
            life.events().stream()
                    .filter(event -> event.kind() == Kind.SUBSCRIBED && !event.says("durable"))
                    .forEach(made -> checkGaps(history, life, new Span(made, life.endUs()), offences));
        }
    }

    /** Whether a topic's name matches a pattern: {@code *} is one word, {@code #} any number of them. */
    static boolean matches(String pattern, String topic) {
        return matches(List.of(pattern.split("\\.", -1)), List.of(topic.split("\\.", -1)));
    }

    private static boolean matches(List<String> pattern, List<String> words) {
        if (pattern.isEmpty()) {
            return words.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("#")) {
            return matches(rest, words) || !words.isEmpty() && matches(pattern, words.subList(1, words.size()));
        }
        return !words.isEmpty()
                && (pattern.get(0).equals("*") || pattern.get(0).equals(words.get(0)))
                && matches(rest, words.subList(1, words.size()));
    }

    private static boolean isMissing(History history, Sent sent, Span span) {
        return history.receiptsOf(sent.id(), span.source()).stream()
                .allMatch(receipt -> receipt.fate() == Receipt.Fate.GIVEN_BACK);
    }

    /** Whether the subscription was removed before anything newer of the same producer had been received. */
    private static boolean mayHaveGoneWith(History history, Sent sent, Span span) {
        return span.untilUs() != Sent.NEVER
                && history.receipts(span.source()).stream()
                        .filter(receipt -> receipt.timeUs() >= sent.settledUs() && receipt.timeUs() <= span.untilUs())
                        .flatMap(receipt -> history.sent(receipt.id()).stream())
                        .noneMatch(later ->
                                later.producer().equals(sent.producer()) && later.sequence() > sent.sequence());
    }

    private static Iterable<Span> durable(History history) {
        Map<String, Event> open = new HashMap<>();
        Set<Span> spans = new HashSet<>();
        history.byTime()
                .filter(event -> event.kind() == Kind.SUBSCRIBED || event.kind() == Kind.UNSUBSCRIBE)
                .forEach(event -> {
                    if (event.kind() == Kind.UNSUBSCRIBE) {
                        Event made = open.remove(event.field("name"));
                        if (made != null) {
                            spans.add(new Span(made, event.timeUs()));
                        }
                    } else if (event.says("durable")) {
                        open.putIfAbsent(event.field("name"), event);
                    }
                });
        open.values().forEach(made -> spans.add(new Span(made, Sent.NEVER)));
        return spans;
    }

    private static void checkSelected(History history, Span span, Consumer<String> offences) {
        for (Receipt receipt : history.receipts(span.source())) {
            history.sent(receipt.id())
                    .filter(sent -> !span.wants(sent))
                    .ifPresent(sent ->
                            offences.accept(sent.id() + " came from " + span.source() + ", which does not want it"));
        }
    }

    private static void checkGaps(History history, Life life, Span span, Consumer<String> offences) {
        Map<String, Long> last = new HashMap<>();
        Map<String, Sent> byNumber = new HashMap<>();
        history.sent().stream()
                .filter(sent -> sent.isSettled() && sent.isPlain() && span.wants(sent))
                .forEach(sent -> byNumber.put(sent.id(), sent));
        for (Receipt receipt : history.receipts(span.source())) {
            @Nullable Sent sent = byNumber.get(receipt.id());
            if (sent == null || !receipt.life().equals(life)) {
                continue;
            }
            Long before = last.put(sent.producer(), sent.sequence());
            for (long number = before == null ? sent.sequence() : before + 1; number < sent.sequence(); number++) {
                if (byNumber.containsKey(sent.producer() + "/" + number)) {
                    offences.accept(
                            sent.producer() + "/" + number + " is missing from " + span.source() + " of " + life);
                }
            }
        }
    }
}
