package org.waybill.systemtests.cluster.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A history joined: what became of each message and of each transaction. One thread. */
final class Books {
    private final Map<Copy, Sending> sendings = new LinkedHashMap<>();
    private final Map<Copy, List<Receipt>> receipts = new LinkedHashMap<>();
    private final Map<String, List<Sending>> sentIn = new LinkedHashMap<>();
    private final Map<String, List<Receipt>> receivedIn = new LinkedHashMap<>();
    private final Map<String, Receipt.Fate> transactions = new LinkedHashMap<>();
    private final Map<String, Receipt> last = new HashMap<>();

    /** Joins these notes, which are in the order of their times. */
    Books(List<Note> notes) {
        notes.forEach(this::read);
        transactions.forEach((transaction, fate) -> {
            if (fate == Receipt.Fate.RETURNED) {
                sentIn(transaction).forEach(Sending::refuse);
            }
        });
    }

    Collection<Sending> sendings() {
        return sendings.values();
    }

    Optional<Sending> sending(Copy copy) {
        return Optional.ofNullable(sendings.get(copy));
    }

    /** Whether it is certain that this message was stored at most once. */
    boolean storedOnce(Copy copy) {
        Sending sending = sendings.get(copy);
        return sending != null && sending.once();
    }

    /** Everything that was received, by message, each one's receipts by time. */
    Collection<List<Receipt>> received() {
        return receipts.values();
    }

    /** The receipts of a message by time. */
    List<Receipt> receiptsOf(Copy copy) {
        return receipts.getOrDefault(copy, List.of());
    }

    /** The transactions of which nobody knows how they ended. */
    List<String> inDoubt() {
        return transactions.entrySet().stream()
                .filter(entry -> entry.getValue() == Receipt.Fate.UNKNOWN)
                .map(Map.Entry::getKey)
                .toList();
    }

    Set<String> transactions() {
        return transactions.keySet();
    }

    List<Sending> sentIn(String transaction) {
        return sentIn.getOrDefault(transaction, List.of());
    }

    List<Receipt> receivedIn(String transaction) {
        return receivedIn.getOrDefault(transaction, List.of());
    }

    private void read(Note note) {
        String transaction = note.transaction();
        if (!transaction.isEmpty()) {
            transactions.putIfAbsent(transaction, Receipt.Fate.RETURNED);
        }
        switch (note.kind()) {
            case SENDING -> sent(note, false);
            case SENDING_ONCE -> sent(note, true);
            case SETTLED -> sendingOf(note).settle();
            case REFUSED -> sendingOf(note).refuse();
            case RECEIVED -> received(note);
            case ACKNOWLEDGING -> lastOf(note).asked();
            case ACKNOWLEDGED -> lastOf(note).gone(note.timeNs());
            case COMMITTING -> {
                transactions.put(transaction, Receipt.Fate.UNKNOWN);
                receivedIn(transaction).forEach(Receipt::asked);
            }
            case COMMITTED -> {
                transactions.put(transaction, Receipt.Fate.GONE);
                receivedIn(transaction).forEach(receipt -> receipt.gone(note.timeNs()));
                sentIn(transaction).forEach(Sending::settle);
            }
            case ROLLED_BACK -> {
                transactions.put(transaction, Receipt.Fate.RETURNED);
                receivedIn(transaction).forEach(Receipt::returned);
            }
        }
    }

    private void sent(Note note, boolean once) {
        Sending sending = new Sending(note.copy(), once, note.transaction());
        if (sendings.putIfAbsent(note.copy(), sending) == null
                && !note.transaction().isEmpty()) {
            sentIn.computeIfAbsent(note.transaction(), name -> new ArrayList<>())
                    .add(sending);
        }
    }

    private void received(Note note) {
        Receipt receipt = new Receipt(note);
        receipts.computeIfAbsent(note.copy(), copy -> new ArrayList<>()).add(receipt);
        last.put(note.client() + " " + note.copy(), receipt);
        if (!note.transaction().isEmpty()) {
            receivedIn
                    .computeIfAbsent(note.transaction(), name -> new ArrayList<>())
                    .add(receipt);
        }
    }

    private Sending sendingOf(Note note) {
        Sending sending = sendings.get(note.copy());
        if (sending == null) {
            throw new IllegalArgumentException("nothing was sent before: " + note.line());
        }
        return sending;
    }

    private Receipt lastOf(Note note) {
        Receipt receipt = last.get(note.client() + " " + note.copy());
        if (receipt == null) {
            throw new IllegalArgumentException("nothing was received before: " + note.line());
        }
        return receipt;
    }
}
