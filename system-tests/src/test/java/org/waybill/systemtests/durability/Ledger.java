package org.waybill.systemtests.durability;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What producers and consumers know for certain over all lives of a broker, and what they saw that must not be. Thread-safe.
 *
 * <p>Accepted is what a consumer asked the broker to remove; confirmed is what the broker said it has removed. Between the two, a message may
 * or may not come back.
 */
final class Ledger {
    private final Set<Numbered> settled = ConcurrentHashMap.newKeySet();
    private final Set<Numbered> accepted = ConcurrentHashMap.newKeySet();
    private final Set<Numbered> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> offences = ConcurrentHashMap.newKeySet();
    private final AtomicInteger settledInThisLife = new AtomicInteger();
    private Set<Numbered> deliveredInThisLife = ConcurrentHashMap.newKeySet();

    /** To be called between the lives of the broker, when no producer or consumer runs. */
    void beginLife() {
        settledInThisLife.set(0);
        deliveredInThisLife = ConcurrentHashMap.newKeySet();
    }

    int settledInThisLife() {
        return settledInThisLife.get();
    }

    int settledCount() {
        return settled.size();
    }

    int confirmedCount() {
        return confirmed.size();
    }

    /** What has been broken so far, a sentence each. */
    Collection<String> offences() {
        return List.copyOf(offences);
    }

    void settled(Numbered message) {
        settled.add(message);
        settledInThisLife.incrementAndGet();
    }

    void accepted(Numbered message) {
        accepted.add(message);
    }

    void confirmed(Numbered message) {
        confirmed.add(message);
    }

    void offence(String sentence) {
        offences.add(sentence);
    }

    /** A delivery to a consumer; {@code redelivered} is what the message's header says. */
    void delivered(Numbered message, boolean redelivered) {
        if (confirmed.contains(message)) {
            offence(message + " came back though its removal was confirmed");
        }
        if (!deliveredInThisLife.add(message) && !redelivered) {
            offence(message + " was delivered twice in one life of the broker and not marked as redelivered");
        }
    }

    /** Compares everything known with the messages that came out at the end, each of them delivered and accepted, in their order. */
    void check(List<Numbered> drained) {
        Set<Numbered> once = new HashSet<>();
        drained.stream()
                .filter(message -> !once.add(message))
                .forEach(message -> offence(message + " was stored twice"));
        offences.addAll(outOfOrder(drained));
        List<Numbered> lost =
                settled.stream().filter(message -> !accepted.contains(message)).toList();
        lost.stream()
                .limit(10)
                .forEach(message -> offence(message + " was settled and is lost, one of " + lost.size()));
    }

    /** A sentence for each message that came after a later one of the same producer. */
    static List<String> outOfOrder(List<Numbered> messages) {
        Map<String, Long> last = new HashMap<>();
        List<String> sentences = new ArrayList<>();
        for (Numbered message : messages) {
            Long before = last.put(message.producer(), message.sequence());
            if (before != null && before >= message.sequence()) {
                sentences.add(message + " came after " + before);
            }
        }
        return sentences;
    }
}
