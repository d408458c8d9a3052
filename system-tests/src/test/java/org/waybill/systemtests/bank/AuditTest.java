package org.waybill.systemtests.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Books made by hand, and what the audit must say of them. */
final class AuditTest {
    private static final List<Transfer> ORDERED = List.of(new Transfer(0, 1, 2, 30), new Transfer(1, 2, 3, 5));

    private final List<Integer> ledger = new ArrayList<>(List.of(0, 1));
    private final List<Integer> confirmations = new ArrayList<>(List.of(1, 0));
    private final Map<Integer, Integer> balances = balances();
    private final List<String> branches = new ArrayList<>();
    private final List<String> heuristics = new ArrayList<>();

    private static Map<Integer, Integer> balances() {
        Map<Integer, Integer> balances = new TreeMap<>();
        for (int account = 0; account < Transfer.ACCOUNTS; account++) {
            balances.put(account, Transfer.OPENING_BALANCE);
        }
        balances.put(1, Transfer.OPENING_BALANCE - 30);
        balances.put(2, Transfer.OPENING_BALANCE + 25);
        balances.put(3, Transfer.OPENING_BALANCE + 5);
        return balances;
    }

    private List<String> offences(int orders) {
        return Audit.offences(ORDERED, new Books(ledger, balances, confirmations, orders, branches, heuristics));
    }

    @Test
    void hasNothingToSayOfGoodBooks() {
        assertThat(offences(0)).isEmpty();
    }

    @Test
    void findsATransferThatOneSideLost() {
        confirmations.remove((Integer) 1);
        assertThat(offences(0)).containsExactly("transfer 1 is not confirmed");
    }

    @Test
    void findsATransferThatWasMadeTwice() {
        ledger.add(1);
        balances.merge(2, -5, Integer::sum);
        balances.merge(3, 5, Integer::sum);
        assertThat(offences(0))
                .containsExactly(
                        "transfer 1 is 2 times in the ledger",
                        "account 2 has 1000020 and not 1000025",
                        "account 3 has 1000010 and not 1000005");
    }

    @Test
    void findsATransferThatNobodyOrdered() {
        confirmations.add(7);
        assertThat(offences(0)).containsExactly("transfer 7, which nobody ordered, is confirmed");
    }

    @Test
    void findsWhatIsLeftOver() {
        branches.add("32:01:02 in H2");
        heuristics.add("rolled back alone");
        assertThat(offences(3))
                .containsExactly(
                        "3 orders are left",
                        "a branch is left: 32:01:02 in H2",
                        "a heuristic decision: rolled back alone");
    }
}
