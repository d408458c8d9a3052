package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.day.Event.Kind;
import org.waybill.systemtests.day.Receipt.Fate;

/** What became of the messages that were received over one connection, worked out from what was written over it and from everybody's deaths. */
final class Receiving {
    /**
     * A JMS client never learns that its acknowledgement is on disk. One that the broker has seen (a later question on the same connection
     * was answered) this long before the broker's death is taken to have been.
     */
    private static final long ON_DISK_WITHIN_US = 5_000_000;

    private final History history;
    private final Life life;

    Receiving(History history, Life life) {
        this.history = history;
        this.life = life;
    }

    /** The receipts of this life in their order. */
    List<Receipt> receipts() {
        List<Receipt> receipts = new ArrayList<>();
        List<Event> events = life.events();
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            if (event.kind() == Kind.GET) {
                receipts.add(receipt(event, i));
            } else if (event.kind() == Kind.LEFT) {
                receipts.add(receipt(event, Fate.CONSUMED, event.timeUs(), Long.MAX_VALUE, false));
            }
        }
        return receipts;
    }

    private Receipt receipt(Event get, int index) {
        if (get.field("mode").equals("tx")) {
            return inTransaction(get, index);
        }
        if (get.field("mode").equals("auto")) {
            return acknowledged(get, get.timeUs(), index);
        }
        Event end = next(index, Kind.ACK, Kind.RECOVER);
        if (end == null) {
            return receipt(get, Fate.GIVEN_BACK, life.endUs(), life.endUs(), false);
        }
        return end.kind() == Kind.ACK
                ? acknowledged(get, end.timeUs(), life.events().indexOf(end))
                : receipt(get, Fate.GIVEN_BACK, end.timeUs(), end.timeUs(), true);
    }

    private Receipt inTransaction(Event get, int index) {
        String tx = get.field("tx");
        switch (history.transactions().getOrDefault(tx, History.Ending.ROLLED_BACK)) {
            case COMMITTED -> {
                return receipt(get, Fate.CONSUMED, history.commitUs(tx).orElseThrow(), Long.MAX_VALUE, false);
            }
            case UNKNOWN -> {
                long commitUs = history.commitUs(tx).orElseThrow();
                return receipt(get, Fate.PERHAPS_CONSUMED, commitUs, commitUs, false);
            }
            default -> {
                Event rollback = next(index, Kind.ROLLBACK);
                long endUs = rollback == null ? life.endUs() : rollback.timeUs();
                return receipt(get, Fate.GIVEN_BACK, endUs, endUs, rollback != null);
            }
        }
    }

    private Receipt acknowledged(Event get, long acknowledgedUs, int acknowledgedAt) {
        Event seen = next(acknowledgedAt, Kind.CONFIRMED, Kind.CLOSED);
        if (seen == null || acknowledgedUs >= life.endUs()) {
            return receipt(get, Fate.PERHAPS_CONSUMED, acknowledgedUs, life.endUs(), false);
        }
        Optional<Long> killUs = history.brokerKilledWithin(acknowledgedUs, seen.timeUs() + ON_DISK_WITHIN_US);
        return killUs.isEmpty()
                ? receipt(get, Fate.CONSUMED, acknowledgedUs, Long.MAX_VALUE, false)
                : receipt(get, Fate.PERHAPS_CONSUMED, acknowledgedUs, killUs.get(), false);
    }

    private @Nullable Event next(int index, Kind... kinds) {
        for (Event event : life.events().subList(index + 1, life.events().size())) {
            if (List.of(kinds).contains(event.kind())) {
                return event;
            }
        }
        return null;
    }

    private Receipt receipt(Event get, Fate fate, long endUs, long returnUs, boolean alive) {
        return new Receipt(
                get.field("id"),
                get.field("from"),
                life,
                get.timeUs(),
                get.says("redelivered"),
                get.optional("tx"),
                fate,
                endUs,
                returnUs,
                alive);
    }
}
