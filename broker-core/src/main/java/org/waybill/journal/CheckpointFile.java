package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/** A checkpoint being written, on the file thread: temporary until it is committed. */
final class CheckpointFile {
    private final Disk disk;
    private final int shard;
    private @Nullable DiskFile file;
    private String name = "";
    private long chunks;
    private long end;

    CheckpointFile(Disk disk, int shard) {
        this.disk = disk;
        this.shard = shard;
    }

    void append(byte[] chunk, int offset, int length) throws IOException {
        write(CheckpointLayout.chunk(chunks, chunk, offset, length));
        chunks++;
    }

    /** Returns the length of the file, which is the shard's checkpoint from now on. */
    long commit(long replayFromPosition, byte[] meta) throws IOException {
        DiskFile written = opened();
        write(CheckpointLayout.footer(meta, chunks, replayFromPosition, end));
        written.force();
        written.close();
        disk.rename(name + FileNames.TEMPORARY, name);
        disk.forceDirectory();
        for (String other : disk.list()) {
            if (FileNames.checkpointSequence(other, shard).isPresent() && other.compareTo(name) < 0) {
                disk.delete(other);
            }
        }
        return end;
    }

    void abort() throws IOException {
        DiskFile written = file;
        if (written != null) {
            written.close();
            disk.delete(name + FileNames.TEMPORARY);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        DiskFile target = opened();
        int length = bytes.remaining();
        target.write(bytes, end);
        end += length;
    }

    private DiskFile opened() throws IOException {
        DiskFile open = file;
        if (open != null) {
            return open;
        }
        long sequence = 1;
        for (String other : disk.list()) {
            // one that was given up and could not be removed must not be in the way of all that follow
            sequence = Math.max(sequence, FileNames.begunSequence(other, shard).orElse(0) + 1);
        }
        name = FileNames.checkpoint(shard, sequence);
        DiskFile created = disk.open(name + FileNames.TEMPORARY, Disk.Access.CREATE);
        file = created;
        ByteBuffer header = CheckpointLayout.header(shard, sequence);
        end = header.remaining();
        created.write(header, 0);
        return created;
    }
}
