package org.waybill.systemtests.failover;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** What producers had settled and what consumers were given, by the name of the producer's destination. Any thread. */
final class Notes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Set<Long>> settled = new TreeMap<>();
    private final Map<String, Set<Long>> undone = new TreeMap<>();
    private final Map<String, List<Long>> given = new TreeMap<>();
    private final AtomicLong settledCount = new AtomicLong();
    private final ConcurrentLinkedQueue<String> offences = new ConcurrentLinkedQueue<>();

    /** The broker has taken this message for good. */
    void settled(String destination, long number) {
        lock.lock();
        try {
            settled.computeIfAbsent(destination, name -> new HashSet<>()).add(number);
        } finally {
            lock.unlock();
        }
        settledCount.incrementAndGet();
    }

    /** The broker has said that it has not taken this message. */
    void undone(String destination, long number) {
        lock.lock();
        try {
            undone.computeIfAbsent(destination, name -> new HashSet<>()).add(number);
        } finally {
            lock.unlock();
        }
    }

    /** A consumer has got this message; noted once it was acknowledged. */
    void given(String destination, long number) {
        lock.lock();
        try {
            given.computeIfAbsent(destination, name -> new ArrayList<>()).add(number);
        } finally {
            lock.unlock();
        }
    }

    /** Something happened that must not. */
    void offence(String what) {
        offences.add(what);
    }

    long settledCount() {
        return settledCount.get();
    }

    /** How many messages were given of this destination. */
    int givenCount(String destination) {
        lock.lock();
        try {
            return given.getOrDefault(destination, List.of()).size();
        } finally {
            lock.unlock();
        }
    }

    /** All that was settled has been given, nothing that was not taken has. */
    void checkNothingIsLost(String destination) {
        Set<Long> seen = new HashSet<>(given.getOrDefault(destination, List.of()));
        for (long number : settled.getOrDefault(destination, Set.of())) {
            if (!seen.contains(number)) {
                offence(destination + ": " + number + " was settled and is lost");
            }
        }
        for (long number : undone.getOrDefault(destination, Set.of())) {
            if (seen.contains(number)) {
                offence(destination + ": " + number + " was rolled back and is there");
            }
        }
    }

    /** Nothing has been given twice, and all in the order of its numbers. */
    void checkNothingIsDoubledOrOutOfOrder(String destination) {
        long last = 0;
        Set<Long> seen = new HashSet<>();
        for (long number : given.getOrDefault(destination, List.of())) {
            if (!seen.add(number)) {
                offence(destination + ": " + number + " is doubled");
            } else if (number < last) {
                offence(destination + ": " + number + " comes after " + last);
            }
            last = Math.max(last, number);
        }
    }

    List<String> offences() {
        return List.copyOf(offences);
    }

    /** How much there was, for the log of a run. */
    String summary() {
        StringBuilder text = new StringBuilder();
        settled.forEach((name, numbers) -> text.append(name)
                .append(": ")
                .append(numbers.size())
                .append(" settled, ")
                .append(undone.getOrDefault(name, Set.of()).size())
                .append(" undone, ")
                .append(given.getOrDefault(name, List.of()).size())
                .append(" given; "));
        return text.toString();
    }
}
