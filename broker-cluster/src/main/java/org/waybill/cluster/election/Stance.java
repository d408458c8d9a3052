package org.waybill.cluster.election;

/** How a node's replica stands to the lead of its shard. In a register: {@link #code}. */
public enum Stance {
    /** May not lead: it is no member of the replica set, is damaged, or was not heard of for a while. */
    BYSTANDER(0),
    /** Hears of no leader, and would lead. */
    WILLING(1),
    /** Hears its leader. */
    FOLLOWING(2),
    /** Has asked for promises, and adopts what others have. */
    TRYING(3),
    /** Leads: may act, or waits for its barrier. */
    LEADING(4),
    /** Leads, and may not act, because no majority answers it. */
    CUT_OFF(5);

    private static final Stance[] BY_CODE = {BYSTANDER, WILLING, FOLLOWING, TRYING, LEADING, CUT_OFF};

    private final int code;

    Stance(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** One that a later version has added is none that counts. */
    static Stance of(long code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[(int) code] : BYSTANDER;
    }
}
