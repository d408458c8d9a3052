package org.waybill.journal;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A started journal without threads: the test's own thread does their work, a step at a time. */
public final class SteppedJournal {
    private final Journal journal;
    private final Appender appender;

    private final FailureHandler failed;

    private SteppedJournal(Journal journal, Appender appender, FailureHandler failed) {
        this.journal = journal;
        this.appender = appender;
        this.failed = failed;
    }

    /** Starts a journal whose replay is done. */
    public static SteppedJournal start(Journal journal, FailureHandler failed) throws IOException {
        return new SteppedJournal(journal, journal.startWithoutThreads(failed), failed);
    }

    /** Writes one batch, and forces it or, if nobody waits for it, the next time; false when there is nothing to do. */
    public boolean append() {
        return appender.runOnce() || appender.forceNow();
    }

    /** Time has passed: tries again to prepare segments, if the disk had no room for them. */
    public void tick() {
        try {
            journal.prepareSegments();
        } catch (UncheckedIOException unreadable) {
            failed.failed(unreadable);
        }
    }

    /** Does what the file and the reader thread have to do; false when that is nothing. */
    public boolean work() {
        return journal.runPending();
    }
}
