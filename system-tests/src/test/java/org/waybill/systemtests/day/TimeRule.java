package org.waybill.systemtests.day;

import java.util.function.Consumer;

/** Nothing comes before its delivery time, and nothing long after its expiry. */
final class TimeRule implements Checker.Rule {
    /**
     * How long after its expiry a message may be noted: what a library has checked and handed over may still wait for its application on a
     * machine that has other things to do.
     */
    private static final long NOTED_WITHIN_US = 3_000_000;

    @Override
    public void check(History history, Consumer<String> offences) {
        for (Sent sent : history.sent()) {
            for (Receipt receipt : history.receiptsOf(sent.id())) {
                long earlyUs = sent.dueUs() - receipt.timeUs();
                if (sent.dueUs() != 0 && earlyUs > 0) {
                    offences.accept(receipt.id() + " came " + earlyUs + " us before it was due");
                }
                long lateUs = receipt.timeUs() - sent.expiresUs();
                boolean buried = SeenRule.GRAVEYARDS.contains(receipt.source());
                if (sent.expiresUs() != 0 && !buried && lateUs > NOTED_WITHIN_US) {
                    offences.accept(receipt.id() + " came " + lateUs + " us after it had expired");
                }
            }
        }
    }
}
