package org.waybill.journal;

/** The answer to one {@link Journal#read}, told on the loop that was named there: each index once, then {@link #done}. */
public interface ReadCallback {
    /** The record at this index of the request, meta and body; the array is the receiver's own. */
    void record(int index, byte[] payload);

    /** The record at this index cannot be had. */
    void damaged(int index, JournalDamage damage);

    /** All indexes have been answered; the request's arrays are the caller's again. */
    void done();
}
