package org.waybill.cluster.election;

/** What became of the wish that a member lead. */
public enum Proposal {
    /** It is written; the leader hands over when it reads it. */
    WRITTEN,
    /** The member leads already, or is to. */
    HELD,
    /** The member is not heard of, or its replica may not lead. */
    UNFIT,
    /** Somebody else has changed it at the same time. */
    OVERTAKEN,
    /** The registers do not answer. */
    UNANSWERED
}
