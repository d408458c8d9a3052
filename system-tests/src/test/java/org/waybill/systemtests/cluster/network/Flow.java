package org.waybill.systemtests.cluster.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One direction of a connection between two nodes. One thread reads what is said, and notes when; another lets it arrive when {@link
 * Conditions} say so. An end that closes is like anything else it says: the other one does not hear of it through a cut line.
 */
final class Flow {
    /** As much as two kernels' buffers hold; whoever says more has to wait. */
    private static final int CHUNKS = 64;

    private static final int CHUNK_BYTES = 16 * 1024;

    /** No bytes: the end of what is said. */
    private record Chunk(byte[] bytes, long saidNs) {}

    private final Conditions conditions;
    private final int from;
    private final int to;
    private final Socket source;
    private final Socket sink;
    private final BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS);

    Flow(Conditions conditions, int from, int to, Socket source, Socket sink) {
        this.conditions = conditions;
        this.from = from;
        this.to = to;
        this.source = source;
        this.sink = sink;
    }

    void start() {
        ProxiedNetwork.daemon(this::read);
        ProxiedNetwork.daemon(this::write);
    }

    private void read() throws InterruptedException {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            InputStream in = source.getInputStream();
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                underWay.put(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime()));
            }
        } catch (IOException broken) {
            // its process died, or the other direction has closed this connection
        }
        underWay.put(new Chunk(new byte[0], System.nanoTime()));
    }

    private void write() throws InterruptedException {
        try (source;
                sink) {
            OutputStream out = sink.getOutputStream();
            Chunk chunk = underWay.take();
            long freeNs = chunk.saidNs();
            while (conditions.await(from, to, Math.max(freeNs, chunk.saidNs())) && chunk.bytes().length > 0) {
                out.write(chunk.bytes());
                freeNs = Math.max(freeNs, chunk.saidNs()) + conditions.durationNs(from, to, chunk.bytes().length);
                chunk = underWay.take();
            }
        } catch (IOException broken) {
            // nobody listens any more, which closing the other end tells whoever speaks
        }
    }
}
