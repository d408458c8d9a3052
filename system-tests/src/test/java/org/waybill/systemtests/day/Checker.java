package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Holds a history against every rule there is and says what was broken, a sentence each. */
final class Checker {
    private static final List<Rule> RULES = List.of(
            new SeenRule(),
            new LossRule(),
            new DoublingRule(),
            new TransactionRule(),
            new OrderRule(),
            new GroupRule(),
            new SubscriptionRule(),
            new TimeRule());

    /** One promise of the broker. */
    interface Rule {
        /** Says each breach in a sentence. */
        void check(History history, Consumer<String> offences);
    }

    private Checker() {}

    /** What this history breaks; empty if it is a good one. */
    static List<String> offences(History history) {
        List<String> offences = new ArrayList<>();
        RULES.forEach(rule ->
                rule.check(history, sentence -> offences.add(rule.getClass().getSimpleName() + ": " + sentence)));
        return offences;
    }
}
