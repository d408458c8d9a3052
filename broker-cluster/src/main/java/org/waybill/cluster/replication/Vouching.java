package org.waybill.cluster.replication;

/**
 * Answers for what is received and not forced: for entries that are to survive the loss of a minority of nodes, and no more.
 *
 * <p>A member that has given such answers may have forgotten, after a crash, what it has answered for. So it records before that
 * it is going to, and a start that finds the record gives no vote that counts as others do, until a leader says that it has
 * everything again.
 *
 * <pre>
 *   never ── asked for, recorded ──► VOUCHES ── crash ──► LACKS ── a leader, or an operator, says so; or it leads ──► VOUCHES
 *     ▲                                 │
 *     └────────── clean stop ───────────┘
 * </pre>
 */
final class Vouching {
    private final Replica replica;
    /** By what this start asks to be told. */
    private final long life;

    private boolean recorded;
    private long ticket;
    private boolean lacks;

    /**
     * As its store found it.
     *
     * @param vouched whether it vouched when it stopped
     */
    Vouching(Replica replica, boolean vouched) {
        this.replica = replica;
        this.life = 1 + replica.random().nextLong(Long.MAX_VALUE);
        this.recorded = vouched;
        this.lacks = replica.rules().lacks(vouched);
    }

    /** Somebody wants such answers. */
    void begin() {
        if (!recorded) {
            recorded = true;
            ticket = replica.store().vouch(true);
        }
    }

    /** Everything will be forced, and nothing is answered for any more; but what lacks now lacks then. */
    void end() {
        if (recorded && !lacks) {
            recorded = false;
            replica.store().vouch(false);
        }
    }

    /** Whether this is, or is about to be, recorded. */
    boolean isRecorded() {
        return recorded;
    }

    /** Whether an answer may go out for what is not forced. */
    boolean may() {
        return recorded && replica.rules().mayVouch(ticket, replica.log().forcedTicket());
    }

    /** Whether something may be missing here that was answered for. */
    boolean lacks() {
        return lacks;
    }

    /** The number by which a leader is asked to say that nothing is missing any more, or 0. */
    long plea() {
        return lacks ? life : 0;
    }

    /** A leader has answered. */
    void resynced(long plea) {
        if (plea == life) {
            lacks = false;
        }
    }

    /** Nothing is missing, or nobody asks for it any more. */
    void whole() {
        lacks = false;
    }
}
