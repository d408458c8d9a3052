package org.waybill.systemtests.cluster.history;

/** A message that a client received, with what became of it as the history goes on. Filled by {@link Books} alone. */
final class Receipt {
    /** Whether the message may come again after this. */
    enum Fate {
        /** Not acknowledged, or in a transaction that was rolled back or never committed. */
        RETURNED,
        /** Its acknowledgement or its transaction's commit was asked for, and nobody knows whether that arrived. */
        UNKNOWN,
        /** The broker has settled its acknowledgement, or committed its transaction. */
        GONE
    }

    static final long NEVER = Long.MAX_VALUE;

    private final Note note;
    private Fate fate = Fate.RETURNED;
    private long goneNs = NEVER;

    Receipt(Note note) {
        this.note = note;
    }

    Copy copy() {
        return note.copy();
    }

    String client() {
        return note.client();
    }

    String transaction() {
        return note.transaction();
    }

    long timeNs() {
        return note.timeNs();
    }

    /** No earlier than this was it handed out. */
    long sinceNs() {
        return note.sinceNs();
    }

    Fate fate() {
        return fate;
    }

    /** Since when the client knows that it must not come again, or {@link #NEVER}. */
    long goneNs() {
        return goneNs;
    }

    void asked() {
        if (fate == Fate.RETURNED) {
            fate = Fate.UNKNOWN;
        }
    }

    void returned() {
        fate = Fate.RETURNED;
    }

    void gone(long timeNs) {
        fate = Fate.GONE;
        goneNs = timeNs;
    }
}
