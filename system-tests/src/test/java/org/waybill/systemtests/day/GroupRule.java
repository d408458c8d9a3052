package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A group of a queue is with one consumer at a time: it moves when that one has settled or given back what it had of it. Its messages come in
 * the order of their producer, whoever they come to, and what was given back comes first.
 */
final class GroupRule implements Checker.Rule {
    @Override
    public void check(History history, Consumer<String> offences) {
        for (String source : history.sources()) {
            Map<String, List<Receipt>> groups = new TreeMap<>();
            for (Receipt receipt : history.receipts(source)) {
                Sent sent = history.sent(receipt.id()).orElse(null);
                String group = sent == null ? null : sent.event().optional("group");
                if (group != null) {
                    groups.computeIfAbsent(group, key -> new ArrayList<>()).add(receipt);
                }
            }
            groups.forEach((group, receipts) -> {
                checkOwners(group, receipts, offences);
                checkOrder(history, group, receipts, offences);
            });
        }
    }

    private static void checkOwners(String group, List<Receipt> receipts, Consumer<String> offences) {
        List<Receipt> open = new ArrayList<>();
        for (Receipt receipt : receipts) {
            if (receipt.isStale()) {
                continue;
            }
            open.removeIf(before -> before.endUs() <= receipt.timeUs());
            open.stream()
                    .filter(before -> !before.life().equals(receipt.life()))
                    .forEach(before -> offences.accept("group " + group + " of " + receipt.source() + " was with "
                            + before.life() + ", which held " + before.id() + ", when " + receipt.id() + " came to "
                            + receipt.life()));
            open.add(receipt);
        }
    }

    private static void checkOrder(History history, String group, List<Receipt> receipts, Consumer<String> offences) {
        Map<String, Returned> returned = new TreeMap<>();
        Map<String, Long> last = new TreeMap<>();
        for (Receipt receipt : receipts) {
            Sent sent = history.sent(receipt.id()).orElseThrow();
            Returned back = returned.computeIfAbsent(sent.producer(), producer -> new Returned());
            if (receipt.isStale()) {
                back.cameLate(sent);
                continue;
            }
            back.overtakenBy(receipt, sent)
                    .forEach(sequence -> offences.accept("group " + group + ": " + receipt.id() + " came before "
                            + sent.producer() + "/" + sequence + ", which had been given back"));
            boolean first =
                    history.receiptsOf(receipt.id(), receipt.source()).get(0).equals(receipt);
            Long before = first ? last.put(sent.producer(), sent.sequence()) : null;
            if (before != null && before > sent.sequence()) {
                offences.accept(
                        "group " + group + ": " + receipt.id() + " came after " + sent.producer() + "/" + before);
            }
        }
    }
}
