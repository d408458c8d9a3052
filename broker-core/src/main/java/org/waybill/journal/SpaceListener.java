package org.waybill.journal;

/** Told, on one of the journal's threads, when room for sends ends or comes back. */
public interface SpaceListener {
    /** {@link Journal#roomForSends} has changed to this value. Must not block and must not throw. */
    void roomChanged(boolean room);
}
