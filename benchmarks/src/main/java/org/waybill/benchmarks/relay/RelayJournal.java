package org.waybill.benchmarks.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.EventLoop;
import org.waybill.benchmarks.amqp.Link;

/**
 * Group commit at its barest: one thread writes whatever has gathered to a zeroed, preallocated file, round and round,
 * and forces once. {@link #append} and {@link #forced} are the loop thread's; the rest runs on the journal's thread.
 * A failed write or force ends the process.
 */
final class RelayJournal {
    private static final long FILE_BYTES = 512L << 20;
    private static final int BUFFER_BYTES = 8 << 20;
    private static final int ENTRY_HEADER_BYTES = 16;

    private final FileChannel file;
    private final EventLoop loop;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final BlockingQueue<List<Entry>> pending = new LinkedBlockingQueue<>();
    private final Queue<List<Entry>> done = new ConcurrentLinkedQueue<>();
    private long position;

    private RelayJournal(FileChannel file, EventLoop loop) {
        this.file = file;
        this.loop = loop;
    }

    /** Zero-fills the file and starts the journal's thread. */
    static RelayJournal start(Path path, EventLoop loop) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        RelayJournal journal = new RelayJournal(file, loop);
        for (long at = 0; at < FILE_BYTES; at += BUFFER_BYTES) {
            file.write(journal.buffer.clear(), at);
        }
        file.force(true);
        journal.buffer.clear();
        Thread thread = new Thread(journal::run, "relay-journal");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((failed, e) -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        thread.start();
        return journal;
    }

    /** Hands over one batch; the list is the journal's from now on. */
    void append(List<Entry> batch) {
        pending.add(batch);
    }

    /** The next batch that is safe on the disk, or null. */
    @Nullable
    List<Entry> forced() {
        return done.poll();
    }

    private void run() {
        List<List<Entry>> batches = new ArrayList<>();
        try {
            while (true) {
                batches.add(pending.take());
                pending.drainTo(batches);
                for (List<Entry> batch : batches) {
                    for (Entry entry : batch) {
                        add(entry.message());
                    }
                }
                write();
                file.force(false);
                done.addAll(batches);
                batches.clear();
                loop.wakeUp();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(byte[] message) throws IOException {
        if (buffer.remaining() < ENTRY_HEADER_BYTES + message.length) {
            write();
        }
        buffer.putLong(message.length).putLong(position).put(message);
    }

    private void write() throws IOException {
        buffer.flip();
        if (position + buffer.remaining() > FILE_BYTES) {
            position = 0;
        }
        while (buffer.hasRemaining()) {
            position += file.write(buffer, position);
        }
        buffer.clear();
    }

    /** A durable message on its way: to be settled to its producer and to be forwarded to its queue when forced. */
    @SuppressWarnings("ArrayRecordComponent") // entries are never compared
    record Entry(RelayQueue queue, Link producer, long deliveryId, byte[] message) {}
}
