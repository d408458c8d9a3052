package org.waybill.systemtests.bank;

import java.util.List;
import java.util.Map;

/**
 * What is found at the end of a run.
 *
 * @param ledger the transfers that the database knows
 * @param balances what is on each account
 * @param confirmations the transfers that were confirmed
 * @param orders how many orders still lie in their queue
 * @param branches branches that are left, on either side
 * @param heuristics decisions that somebody took alone
 */
record Books(
        List<Integer> ledger,
        Map<Integer, Integer> balances,
        List<Integer> confirmations,
        int orders,
        List<String> branches,
        List<String> heuristics) {}
