package org.waybill.systemtests.day;

import java.util.ArrayList;
import java.util.List;

/** Who works on a day: the specifications of the applications, crew by crew (see {@link Works}). */
final class Staff {
    private Staff() {}

    /** Some twenty applications in three crews, one of each kind or two where they compete. */
    static List<List<String>> small() {
        return List.of(
                List.of(
                        "orders-durable produce orders DURABLE",
                        "orders-async produce orders ASYNC",
                        "orders-any produce orders ANONYMOUS",
                        "orders-volatile produce orders VOLATILE",
                        "urgent produce urgent PRIORITY",
                        "grouped produce grouped GROUPS",
                        "later produce later SCHEDULED",
                        "soon produce soon EXPIRING",
                        "poison produce poisoned POISON",
                        "batches produce batches TRANSACTED",
                        "prices publish prices.eu prices.us prices.eu.uk"),
                List.of(
                        "orders-auto consume orders AUTO",
                        "orders-client consume orders CLIENT",
                        "urgent-client consume urgent CLIENT",
                        "grouped-1 consume grouped SLOW",
                        "later-auto consume later AUTO",
                        "soon-slow consume soon SLOW",
                        "mover move batches moved",
                        "durable subscribe DURABLE durable prices.#",
                        "shared-1 subscribe SHARED_DURABLE shared prices.*",
                        "answerer answer questions"),
                List.of(
                        "orders-dups consume orders DUPS_OK",
                        "grouped-2 consume grouped SLOW",
                        "moved-tx consume moved TRANSACTED",
                        "refuser refuse poisoned",
                        "reds subscribe VOLATILE reds prices.eu red",
                        "fickle subscribe FICKLE fickle prices.us blue",
                        "shared-2 subscribe SHARED_DURABLE shared prices.*",
                        "asker ask questions",
                        "browser browse orders"));
    }

    /** Fifty and more: the small staff, a second and a third set of order and transfer queues, and more listeners. */
    static List<List<String>> large() {
        List<List<String>> crews = new ArrayList<>(small());
        for (String city : List.of("paris", "oslo")) {
            crews.add(List.of(
                    city + "-durable produce " + city + " DURABLE",
                    city + "-async produce " + city + " ASYNC",
                    city + "-tx produce " + city + "-batches TRANSACTED",
                    city + "-prices publish prices." + city,
                    city + "-grouped produce " + city + "-grouped GROUPS",
                    city + "-asker ask questions"));
            crews.add(List.of(
                    city + "-listener consume " + city + " LISTENER",
                    city + "-client consume " + city + " CLIENT",
                    city + "-mover-1 move " + city + "-batches " + city + "-moved",
                    city + "-mover-2 move " + city + "-batches " + city + "-moved",
                    city + "-moved consume " + city + "-moved TRANSACTED",
                    city + "-grouped-1 consume " + city + "-grouped SLOW",
                    city + "-grouped-2 consume " + city + "-grouped SLOW",
                    city + "-durable-sub subscribe DURABLE " + city + "-sub prices." + city,
                    city + "-fickle subscribe FICKLE " + city + "-fickle prices.# green",
                    city + "-volatile subscribe VOLATILE " + city + "-volatile prices.#",
                    city + "-browser browse " + city));
        }
        return crews;
    }

    /** The queues that these crews send to. */
    static List<String> queues(List<List<String>> crews) {
        return words(crews).stream()
                .filter(words -> List.of("produce", "consume", "move", "refuse", "answer")
                        .contains(words.get(1)))
                .map(words -> words.get(1).equals("move") ? words.get(3) : words.get(2))
                .distinct()
                .toList();
    }

    /** The durable subscriptions of these crews that belong to a client id: their specifications, word by word. */
    static List<List<String>> durableSubscribers(List<List<String>> crews) {
        return words(crews).stream()
                .filter(words ->
                        words.get(1).equals("subscribe") && !words.get(2).equals("VOLATILE"))
                .toList();
    }

    private static List<List<String>> words(List<List<String>> crews) {
        return crews.stream()
                .flatMap(List::stream)
                .map(specification -> List.of(specification.split(" ", -1)))
                .toList();
    }
}
