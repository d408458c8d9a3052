package org.waybill.systemtests.cluster.history;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/** What all clients did and saw, by one clock. Thread-safe. */
public final class History {
    private final LongSupplier clock;
    private final Queue<Note> notes = new ConcurrentLinkedQueue<>();
    private final Queue<String> offences = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> settledCounts = new ConcurrentHashMap<>();
    private final Map<String, Long> lastSettledNs = new ConcurrentHashMap<>();

    /** With a clock in nanoseconds that never goes back. */
    public History(LongSupplier clock) {
        this.clock = clock;
    }

    /** The pen of one client; any thread of it may write. A name belongs to one client. */
    public ClientNotes client(String name) {
        return new ClientNotes(this, name);
    }

    /** Now, on the clock of this history. */
    public long nowNs() {
        return clock.getAsLong();
    }

    /** A client saw something that must not be. */
    public void offence(String sentence) {
        offences.add(sentence);
    }

    /** What clients themselves have complained of, a sentence each. */
    public List<String> complaints() {
        return List.copyOf(offences);
    }

    /** The longest time in which this client had no send settled between these two times, which are themselves ends of such a time. */
    public long longestPauseNs(String client, long fromNs, long toNs) {
        long longest = 0;
        long before = fromNs;
        for (Note note : inOrder()) {
            boolean counts = note.kind() == Note.Kind.SETTLED && note.client().equals(client);
            if (counts && note.timeNs() > fromNs && note.timeNs() <= toNs) {
                longest = Math.max(longest, note.timeNs() - before);
                before = note.timeNs();
            }
        }
        return Math.max(longest, toNs - before);
    }

    /** When this client had its last send settled; 0 if it never had one. */
    public long lastSettledNs(String client) {
        return lastSettledNs.getOrDefault(client, 0L);
    }

    /** How many sends of this client were settled so far. */
    public long settledCount(String client) {
        return settledCounts.getOrDefault(client, 0L);
    }

    /**
     * Takes over what a client of another language wrote about this queue: a line each of time, kind, message and, for what was received,
     * since when. A last line that is not whole is left out.
     */
    public void read(String client, String queue, Path file) {
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(line -> Note.parse(client, queue, line))
                    .forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes everything down, one note a line, for a look after a failure. */
    public void dump(Path file) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Note note : inOrder()) {
                out.write(note.line());
                out.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(Note note) {
        notes.add(note);
        if (note.kind() == Note.Kind.SETTLED) {
            settledCounts.merge(note.client(), 1L, Long::sum);
            lastSettledNs.put(note.client(), note.timeNs());
        }
    }

    /** All notes by time. */
    List<Note> inOrder() {
        List<Note> all = new ArrayList<>(notes);
        all.sort(Comparator.comparingLong(Note::timeNs));
        return all;
    }
}
