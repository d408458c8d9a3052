package org.waybill.systemtests.cluster.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.waybill.systemtests.cluster.history.Receipt.Fate;

/**
 * Holds a history against the promises of a cluster. The history must be complete: every queue in it was emptied at the end by a client that
 * had its acknowledgements settled.
 */
public final class HistoryChecker {
    private final Books books;
    private final List<String> offences = new ArrayList<>();

    private HistoryChecker(Books books) {
        this.books = books;
    }

    /** What this history breaks and what its clients complained of, a sentence each; empty if it is a good one. */
    public static List<String> offences(History history) {
        HistoryChecker checker = new HistoryChecker(new Books(history.inOrder()));
        checker.offences.addAll(history.complaints());
        checker.nothingSettledIsLost();
        checker.nothingComesFromNowhere();
        checker.nothingIsStoredTwice();
        checker.nothingComesAfterItsSettledAcknowledgement();
        checker.firstDeliveriesKeepTheirProducersOrder();
        checker.transactionsInDoubtHappenedAsAWhole();
        return checker.offences;
    }

    /** One line of figures: how much was at stake. */
    public static String summary(History history) {
        Books books = new Books(history.inOrder());
        Collection<Sending> all = books.sendings();
        long settled = all.stream().filter(Sending::settled).count();
        long refused = all.stream().filter(Sending::refused).count();
        long again =
                books.received().stream().mapToLong(each -> each.size() - 1).sum();
        return all.size() + " sent, " + settled + " settled, " + refused + " refused, "
                + books.received().size() + " received, " + again + " redeliveries or repetitions, "
                + books.transactions().size() + " transactions, "
                + books.inDoubt().size() + " of them in doubt";
    }

    private void nothingSettledIsLost() {
        for (Sending sending : books.sendings()) {
            List<Receipt> receipts = books.receiptsOf(sending.copy());
            if (sending.settled() && receipts.stream().allMatch(receipt -> receipt.fate() == Fate.RETURNED)) {
                offences.add("lost: " + sending.copy() + " was settled "
                        + (receipts.isEmpty() ? "and never came" : "and did not come back when it was returned"));
            }
        }
    }

    private void nothingComesFromNowhere() {
        for (List<Receipt> receipts : books.received()) {
            Copy copy = receipts.get(0).copy();
            Optional<Sending> sending = books.sending(copy);
            if (sending.isEmpty()) {
                offences.add("ghost: " + copy + " was received and never sent");
            } else if (sending.get().refused()) {
                String how = sending.get().transaction().isEmpty() ? "refused" : "sent in a transaction without commit";
                offences.add("ghost: " + copy + " was received though it was " + how);
            }
        }
    }

    private void nothingIsStoredTwice() {
        for (List<Receipt> receipts : books.received()) {
            Copy copy = receipts.get(0).copy();
            long times = receipts.stream()
                    .filter(receipt -> receipt.fate() == Fate.GONE)
                    .count();
            if (times > 1 && books.storedOnce(copy)) {
                offences.add("doubled: " + copy + " was consumed for good " + times + " times");
            }
        }
    }

    private void nothingComesAfterItsSettledAcknowledgement() {
        for (List<Receipt> receipts : books.received()) {
            long goneNs = receipts.stream().mapToLong(Receipt::goneNs).min().orElse(Receipt.NEVER);
            boolean again = receipts.stream().anyMatch(receipt -> receipt.sinceNs() >= goneNs);
            if (again && books.storedOnce(receipts.get(0).copy())) {
                offences.add(
                        "came back: " + receipts.get(0).copy() + " was delivered after its settled acknowledgement");
            }
        }
    }

    /** Where one consumer at a time takes from a queue; with several at once nobody can tell who was served first. */
    private void firstDeliveriesKeepTheirProducersOrder() {
        Map<String, List<Receipt>> byQueue = new LinkedHashMap<>();
        books.received().forEach(receipts -> byQueue.computeIfAbsent(
                        receipts.get(0).copy().queue(), queue -> new ArrayList<>())
                .addAll(receipts));
        for (List<Receipt> receipts : byQueue.values()) {
            receipts.sort(Comparator.comparingLong(Receipt::timeNs));
            if (consumersTookTurns(receipts)) {
                checkOrder(receipts);
            }
        }
    }

    private static boolean consumersTookTurns(List<Receipt> inOrder) {
        Set<String> ended = new HashSet<>();
        String current = "";
        for (Receipt receipt : inOrder) {
            if (!receipt.client().equals(current)) {
                ended.add(current);
                current = receipt.client();
                if (ended.contains(current)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void checkOrder(List<Receipt> inOrder) {
        Set<Copy> seen = new HashSet<>();
        Map<String, Long> highest = new HashMap<>();
        for (Receipt receipt : inOrder) {
            Copy copy = receipt.copy();
            if (seen.add(copy)) {
                Long before = highest.put(copy.producer(), copy.number());
                if (before != null && before > copy.number()) {
                    offences.add("order: " + copy + " came first after " + before);
                }
            }
        }
    }

    /** Those that were committed or rolled back for certain are held by the other rules. */
    private void transactionsInDoubtHappenedAsAWhole() {
        for (String transaction : books.inDoubt()) {
            List<String> done = new ArrayList<>();
            List<String> undone = new ArrayList<>();
            for (Sending sending : books.sentIn(transaction)) {
                List<String> side = books.receiptsOf(sending.copy()).isEmpty() ? undone : done;
                side.add("send of " + sending.copy());
            }
            for (Receipt receipt : books.receivedIn(transaction)) {
                boolean again = laterReceipts(receipt).findAny().isPresent();
                if (!again) {
                    done.add("receipt of " + receipt.copy());
                } else if (books.storedOnce(receipt.copy())) {
                    undone.add("receipt of " + receipt.copy());
                }
            }
            if (!done.isEmpty() && !undone.isEmpty()) {
                offences.add("torn: transaction " + transaction + " happened in part: " + first(done) + ", but not "
                        + first(undone));
            }
        }
    }

    private Stream<Receipt> laterReceipts(Receipt receipt) {
        return books.receiptsOf(receipt.copy()).stream()
                .filter(other -> other != receipt && other.timeNs() > receipt.timeNs());
    }

    private static String first(List<String> all) {
        return all.get(0) + (all.size() == 1 ? "" : " and " + (all.size() - 1) + " more");
    }
}
