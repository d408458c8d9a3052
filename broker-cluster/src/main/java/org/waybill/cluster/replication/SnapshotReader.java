package org.waybill.cluster.replication;

/**
 * A machine's state as it is given to another replica: one piece at a time, made when it is asked for. On the shard's loop.
 *
 * <p>The state begins with what had been told committed when the machine was asked for this reader, and may be gathered while the
 * machine goes on: then it has some of what followed, and not all. Whoever takes it applies what followed the <em>beginning</em>
 * once more, so applying an entry twice must change nothing. What it must not have is anything that may yet become void: the
 * last piece is not given before the last entry is committed that the machine had proposed itself when it gathered the last part. It
 * waits for nothing else: others' entries show only when they are committed, and to wait for what only the taker's answer can
 * commit would be for ever. A leader's reader is closed before {@link Machine#deposed} is told, because its state may have
 * shown what nobody will ever commit.
 */
public interface SnapshotReader {
    /** The length of a piece, at most. */
    int MAX_PIECE_BYTES = 256 << 10;

    /** Told on the shard's loop, from within {@link #read} or later; never after {@link #close}. */
    interface PieceHandler {
        /**
         * The next piece.
         *
         * @param bytes the taker's from now on
         * @param last whether it was the last, and everything in all of them is committed
         */
        void piece(byte[] bytes, boolean last);

        /** There will be no more: something could not be read. */
        void failed();
    }

    /** Asks for the next piece; once it is there, for another, until the last. */
    void read(PieceHandler handler);

    /** Nobody wants it any more, or it was given. */
    void close();
}
