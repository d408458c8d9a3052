package org.waybill.systemtests.bank;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every ordered transfer exactly once on both sides, the money where it belongs, and nothing left over. */
final class Audit {
    private final List<Transfer> ordered;
    private final List<String> offences = new ArrayList<>();

    private Audit(List<Transfer> ordered) {
        this.ordered = ordered;
    }

    /** What is wrong with these books, a sentence each. */
    static List<String> offences(List<Transfer> ordered, Books books) {
        Audit audit = new Audit(ordered);
        audit.once("in the ledger", books.ledger());
        audit.once("confirmed", books.confirmations());
        audit.money(books.balances());
        if (books.orders() > 0) {
            audit.offences.add(books.orders() + " orders are left");
        }
        books.branches().forEach(branch -> audit.offences.add("a branch is left: " + branch));
        books.heuristics().forEach(decision -> audit.offences.add("a heuristic decision: " + decision));
        return audit.offences;
    }

    private void once(String where, List<Integer> transfers) {
        Map<Integer, Integer> times = new HashMap<>();
        transfers.forEach(transfer -> times.merge(transfer, 1, Integer::sum));
        for (Transfer transfer : ordered) {
            Integer found = times.remove(transfer.id());
            if (found == null) {
                offences.add("transfer " + transfer.id() + " is not " + where);
            } else if (found > 1) {
                offences.add("transfer " + transfer.id() + " is " + found + " times " + where);
            }
        }
        times.keySet()
                .forEach(stranger -> offences.add("transfer " + stranger + ", which nobody ordered, is " + where));
    }

    private void money(Map<Integer, Integer> balances) {
        Map<Integer, Integer> expected = new TreeMap<>();
        for (int account = 0; account < Transfer.ACCOUNTS; account++) {
            expected.put(account, Transfer.OPENING_BALANCE);
        }
        for (Transfer transfer : ordered) {
            expected.merge(transfer.from(), -transfer.amount(), Integer::sum);
            expected.merge(transfer.to(), transfer.amount(), Integer::sum);
        }
        expected.forEach((account, balance) -> {
            if (!balance.equals(balances.get(account))) {
                offences.add("account " + account + " has " + balances.get(account) + " and not " + balance);
            }
        });
    }
}
