package org.waybill.systemtests.cluster.history;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What all clients did and saw, by one clock. Thread-safe. */
public final class History {
    private final LongSupplier clock;
    private final Queue<Note> notes = new ConcurrentLinkedQueue<>();
    private final Queue<String> offences = new ConcurrentLinkedQueue<>();
    private final AtomicLong settledCount = new AtomicLong();
    private final AtomicLong goneCount = new AtomicLong();

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

    /** How many sends were settled so far, those of committed transactions not counted. */
    public long settledCount() {
        return settledCount.get();
    }

    /** How many acknowledgements were settled and transactions committed so far. */
    public long goneCount() {
        return goneCount.get();
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
            settledCount.incrementAndGet();
        } else if (note.kind() == Note.Kind.ACKNOWLEDGED || note.kind() == Note.Kind.COMMITTED) {
            goneCount.incrementAndGet();
        }
    }

    /** All notes by time. */
    List<Note> inOrder() {
        List<Note> all = new ArrayList<>(notes);
        all.sort(Comparator.comparingLong(Note::timeNs));
        return all;
    }
}
