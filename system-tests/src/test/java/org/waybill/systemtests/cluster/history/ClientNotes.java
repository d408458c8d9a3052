package org.waybill.systemtests.cluster.history;

import org.waybill.systemtests.cluster.history.Note.Kind;

/** What one client writes into a {@link History}. Any thread. A transaction's name is unique in the whole history; empty is none. */
public final class ClientNotes {
    private final History history;
    private final String client;

    ClientNotes(History history, String client) {
        this.history = history;
        this.client = client;
    }

    /** The name that the notes stand under. */
    public String client() {
        return client;
    }

    /** Now, on the clock of the history: to be remembered for {@link #received}. */
    public long nowNs() {
        return history.nowNs();
    }

    /** A send begins; {@code once} if a repetition after a reconnect must not be stored again. */
    public void sending(Copy copy, boolean once, String transaction) {
        add(once ? Kind.SENDING_ONCE : Kind.SENDING, copy, transaction);
    }

    /** The broker has settled the send as accepted. */
    public void settled(Copy copy) {
        add(Kind.SETTLED, copy, "");
    }

    /** The broker has said that it did not take the message. */
    public void refused(Copy copy) {
        add(Kind.REFUSED, copy, "");
    }

    /** A message has come which the broker handed out no earlier than {@code sinceNs}. */
    public void received(Copy copy, long sinceNs, String transaction) {
        history.add(new Note(history.nowNs(), client, Kind.RECEIVED, copy, transaction, sinceNs));
    }

    /** What was received last of this message is being acknowledged outside of transactions. */
    public void acknowledging(Copy copy) {
        add(Kind.ACKNOWLEDGING, copy, "");
    }

    /** The broker has settled that acknowledgement. */
    public void acknowledged(Copy copy) {
        add(Kind.ACKNOWLEDGED, copy, "");
    }

    public void committing(String transaction) {
        add(Kind.COMMITTING, Copy.NONE, transaction);
    }

    public void committed(String transaction) {
        add(Kind.COMMITTED, Copy.NONE, transaction);
    }

    /** The transaction was rolled back, or the broker has said so when asked to commit. */
    public void rolledBack(String transaction) {
        add(Kind.ROLLED_BACK, Copy.NONE, transaction);
    }

    /** This client saw something that must not be. */
    public void offence(String sentence) {
        history.offence(client + ": " + sentence);
    }

    private void add(Kind kind, Copy copy, String transaction) {
        history.add(new Note(history.nowNs(), client, kind, copy, transaction, 0));
    }
}
