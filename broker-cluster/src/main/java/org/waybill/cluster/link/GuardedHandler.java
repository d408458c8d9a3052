package org.waybill.cluster.link;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/** Keeps what a handler throws away from the loop that serves all peers: the link that it came of ends. */
final class GuardedHandler implements LinkHandler {
    private final LinkHandler handler;
    private final BiConsumer<Integer, RuntimeException> failed;

    /** @param failed told the peer and what was thrown */
    GuardedHandler(LinkHandler handler, BiConsumer<Integer, RuntimeException> failed) {
        this.handler = handler;
        this.failed = failed;
    }

    @Override
    public void connected(int node) {
        try {
            handler.connected(node);
        } catch (RuntimeException error) {
            failed.accept(node, error);
        }
    }

    @Override
    public void disconnected(int node) {
        try {
            handler.disconnected(node);
        } catch (RuntimeException error) {
            failed.accept(node, error);
        }
    }

    @Override
    public void received(int node, int channel, ByteBuffer payload) {
        try {
            handler.received(node, channel, payload);
        } catch (RuntimeException error) {
            failed.accept(node, error);
        }
    }

    @Override
    public void batchEnd(int node) {
        try {
            handler.batchEnd(node);
        } catch (RuntimeException error) {
            failed.accept(node, error);
        }
    }

    @Override
    public void drained(int node) {
        try {
            handler.drained(node);
        } catch (RuntimeException error) {
            failed.accept(node, error);
        }
    }
}
