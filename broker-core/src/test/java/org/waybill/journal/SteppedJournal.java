package org.waybill.journal;

import java.io.IOException;

/** A started journal without threads: the test's own thread does their work, a step at a time. */
public final class SteppedJournal {
    private final Journal journal;
    private final Appender appender;

    private SteppedJournal(Journal journal, Appender appender) {
        this.journal = journal;
        this.appender = appender;
    }

    /** Starts a journal whose replay is done. */
    public static SteppedJournal start(Journal journal, FailureHandler failed) throws IOException {
        return new SteppedJournal(journal, journal.startWithoutThreads(failed));
    }

    /** Writes one batch, and forces it or, if nobody waits for it, the next time; false when there is nothing to do. */
    public boolean append() {
        return appender.runOnce() || appender.forceNow();
    }

    /** Does what the file and the reader thread have to do; false when that is nothing. */
    public boolean work() {
        return journal.runPending();
    }
}
