package org.waybill.systemtests.cluster.history;

/**
 * One thing that a client did or saw.
 *
 * @param timeNs when it was noted, by the clock of the history
 * @param client who noted it
 * @param kind what happened
 * @param copy which message in which queue; {@link Copy#NONE} where a transaction as a whole is meant
 * @param transaction the transaction it is part of, or empty
 * @param sinceNs for {@link Kind#RECEIVED}: no earlier than this did the broker hand it out, as far as the client can know
 */
record Note(long timeNs, String client, Kind kind, Copy copy, String transaction, long sinceNs) {
    /** What happened. Present tense: noted before the deed. Past tense: noted when the client knew it for certain. */
    enum Kind {
        /** A durable message is being sent; whoever sends may send it again if the answer fails to come. */
        SENDING,
        /** The same, by a client which sees to it that a repetition is stored once. */
        SENDING_ONCE,
        /** The broker has settled the send as accepted. */
        SETTLED,
        /** The broker has said that it did not take the message. */
        REFUSED,
        RECEIVED,
        /** The client's last receipt of this message is being acknowledged. */
        ACKNOWLEDGING,
        /** The broker has settled that acknowledgement. */
        ACKNOWLEDGED,
        /** A transaction is being committed; without a further note nobody knows how it ended. */
        COMMITTING,
        COMMITTED,
        ROLLED_BACK
    }

    /** The line of it in a dump. */
    String line() {
        String inside = transaction.isEmpty() ? "" : " tx=" + transaction;
        String since = kind == Kind.RECEIVED ? " since=" + sinceNs : "";
        return timeNs + " " + client + " " + kind + (copy.equals(Copy.NONE) ? "" : " " + copy) + inside + since;
    }
}
