package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.waybill.systemtests.day.Event.Kind;

/** What everybody wrote, joined: messages by id, receipts by where they came from, lives, transactions. Unchangeable. */
final class History {
    /** The name under which the test itself writes. */
    static final String TEST = "day";

    /** How a transaction ended. */
    enum Ending {
        COMMITTED,
        /** Its commit was asked for and not answered. */
        UNKNOWN,
        /** It was rolled back, or its commit was never asked for. */
        ROLLED_BACK
    }

    private final List<Event> events;
    private final List<Event> deaths;
    private final List<Long> brokerKillsUs;
    private final Map<String, List<Life>> lives = new TreeMap<>();
    private final Map<String, Long> commitsUs = new HashMap<>();
    private final Map<String, Ending> transactions = new TreeMap<>();
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private final Map<String, List<Receipt>> bySource = new TreeMap<>();
    private final Map<String, List<Receipt>> byId = new HashMap<>();

    private History(List<Event> events) {
        this.events = List.copyOf(events);
        deaths = events.stream()
                .filter(event -> event.kind() == Kind.KILL || event.kind() == Kind.BROKER_KILL)
                .toList();
        brokerKillsUs = of(Kind.BROKER_KILL).map(Event::timeUs).sorted().toList();
        events.stream()
                .collect(Collectors.groupingBy(Event::app, TreeMap::new, Collectors.toList()))
                .forEach((app, own) -> lives.put(app, livesOf(app, own)));
        readTransactions();
        readSends();
        List<Receipt> receipts = new ArrayList<>();
        lives.values().forEach(all -> all.forEach(life -> receipts.addAll(new Receiving(this, life).receipts())));
        receipts.sort(Comparator.comparingLong(Receipt::timeUs));
        for (Receipt receipt : receipts) {
            bySource.computeIfAbsent(receipt.source(), source -> new ArrayList<>())
                    .add(receipt);
            byId.computeIfAbsent(receipt.id(), id -> new ArrayList<>()).add(receipt);
        }
    }

    /** Joins these, each application's in the order of writing. */
    static History of(Collection<Event> events) {
        return new History(List.copyOf(events));
    }

    /** All events of this kind. */
    Stream<Event> of(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind);
    }

    /** All events by time. */
    Stream<Event> byTime() {
        return events.stream().sorted(Comparator.comparingLong(Event::timeUs));
    }

    Collection<Sent> sent() {
        return sent.values();
    }

    Optional<Sent> sent(String id) {
        return Optional.ofNullable(sent.get(id));
    }

    /** Where anything was received from. */
    Set<String> sources() {
        return new TreeSet<>(bySource.keySet());
    }

    /** What was received from there, and left there at the end, by time. */
    List<Receipt> receipts(String source) {
        return bySource.getOrDefault(source, List.of());
    }

    /** The connections over which an application consumed from there, whether anything came or not. */
    List<Life> consumers(String source) {
        return lives().stream()
                .filter(life -> source.equals(life.events().get(0).optional("from")))
                .toList();
    }

    /** Where a message was received, by time. */
    List<Receipt> receiptsOf(String id) {
        return byId.getOrDefault(id, List.of());
    }

    /** Where a message was received from this source, by time. */
    List<Receipt> receiptsOf(String id, String source) {
        return receiptsOf(id).stream()
                .filter(receipt -> receipt.source().equals(source))
                .toList();
    }

    List<Life> lives() {
        return lives.values().stream().flatMap(List::stream).toList();
    }

    Map<String, Ending> transactions() {
        return transactions;
    }

    /** When this transaction's commit was asked for, if it was. */
    Optional<Long> commitUs(String tx) {
        return Optional.ofNullable(commitsUs.get(tx));
    }

    /** Whether the broker was killed in this time, both ends included. */
    boolean brokerKilledBetween(long fromUs, long toUs) {
        return brokerKillsUs.stream().anyMatch(killUs -> killUs >= fromUs && killUs <= toUs);
    }

    /** The first kill of the broker in this time, both ends included. */
    Optional<Long> brokerKilledWithin(long fromUs, long toUs) {
        return brokerKillsUs.stream()
                .filter(killUs -> killUs >= fromUs && killUs <= toUs)
                .findFirst();
    }

    private List<Life> livesOf(String app, List<Event> own) {
        List<Life> all = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= own.size(); i++) {
            if (i == own.size() || own.get(i).kind() == Kind.START) {
                long nextUs = i == own.size() ? Long.MAX_VALUE : own.get(i).timeUs();
                all.add(life(app, all.size(), own.subList(start, i), nextUs));
                start = i;
            }
        }
        return List.copyOf(all);
    }

    private Life life(String app, int number, List<Event> own, long nextUs) {
        long startUs = own.get(0).timeUs();
        long endUs = nextUs;
        long closeUs = Long.MAX_VALUE;
        for (Event event : own) {
            if (event.kind() == Kind.CLOSE || event.kind() == Kind.BROKEN) {
                endUs = Math.min(endUs, event.timeUs());
                closeUs = event.kind() == Kind.CLOSE ? event.timeUs() : closeUs;
            }
        }
        boolean closed = own.get(own.size() - 1).kind() == Kind.CLOSED;
        for (Event death : deaths) {
            boolean ours =
                    death.kind() == Kind.BROKER_KILL || death.field("victim").equals(app);
            if (ours && death.timeUs() >= startUs) {
                endUs = Math.min(endUs, death.timeUs());
            }
        }
        return new Life(app, number, endUs, closed && endUs == closeUs, List.copyOf(own));
    }

    private void readTransactions() {
        for (Event event : events) {
            String tx = event.optional("tx");
            if (tx == null) {
                continue;
            }
            transactions.putIfAbsent(tx, Ending.ROLLED_BACK);
            if (event.kind() == Kind.COMMIT) {
                commitsUs.put(tx, event.timeUs());
                transactions.put(tx, Ending.UNKNOWN);
            } else if (event.kind() == Kind.COMMITTED) {
                transactions.put(tx, Ending.COMMITTED);
            }
        }
    }

    private void readSends() {
        Map<String, Long> settledUs = new HashMap<>();
        of(Kind.SETTLED).forEach(event -> settledUs.put("id " + event.field("id"), event.timeUs()));
        of(Kind.COMMITTED).forEach(event -> settledUs.put("tx " + event.field("tx"), event.timeUs()));
        of(Kind.SEND).forEach(event -> {
            String id = event.field("id");
            String tx = event.optional("tx");
            sent.put(id, new Sent(event, settledUs.getOrDefault(tx == null ? "id " + id : "tx " + tx, Sent.NEVER)));
        });
    }
}
