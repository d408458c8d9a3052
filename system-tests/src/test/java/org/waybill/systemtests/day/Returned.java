package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.waybill.systemtests.day.Receipt.Fate;

/** What was given back of one producer's messages by whoever alone may receive them, and must come again before anything newer. */
final class Returned {
    private record Held(Receipt receipt, long sequence) {}

    private final List<Held> held = new ArrayList<>();
    private final TreeSet<Long> waiting = new TreeSet<>();

    /** The numbers of those that should have come before this one. Non-durable ones may be gone and are not counted. */
    List<Long> overtakenBy(Receipt receipt, Sent sent) {
        held.removeIf(before -> {
            boolean back = !before.receipt().life().equals(receipt.life())
                    || before.receipt().returnedAlive() && before.receipt().returnUs() <= receipt.timeUs();
            if (back) {
                waiting.add(before.sequence());
            }
            return back;
        });
        waiting.remove(sent.sequence());
        List<Long> overtaken = List.copyOf(waiting.headSet(sent.sequence()));
        waiting.removeAll(overtaken);
        if (receipt.fate() == Fate.GIVEN_BACK && sent.durable()) {
            held.add(new Held(receipt, sent.sequence()));
        }
        return overtaken;
    }

    /** It came once more as its connection ended: who knows what became of it then. */
    void cameLate(Sent sent) {
        held.removeIf(before -> before.sequence() == sent.sequence());
        waiting.remove(sent.sequence());
    }
}
