package org.waybill.cluster.node;

import org.waybill.cluster.replication.SnapshotReader;
import org.waybill.cluster.replication.SnapshotWriter;

final class NoSnapshot implements SnapshotReader, SnapshotWriter {
    @Override
    public void read(PieceHandler handler) {
        handler.failed();
    }

    @Override
    public void close() {}

    @Override
    public void write(byte[] piece, Done written) {
        written.done(false);
    }

    @Override
    public void commit(long replayFrom, byte[] meta, Done done) {
        done.done(false);
    }

    @Override
    public void abandon() {}
}
