package org.waybill.benchmarks.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.Codes;
import org.waybill.benchmarks.amqp.Decoder;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;

/** Messages in order, and the consumers that take them in turn. */
final class RelayQueue implements LinkListener {
    /** A consumer whose socket has fallen behind this far is passed over. */
    private static final int BUFFER_LIMIT_BYTES = 1 << 20;

    private final Relay relay;
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private final List<Link> consumers = new ArrayList<>();
    private final Decoder decoder = new Decoder();
    private int turn;

    RelayQueue(Relay relay) {
        this.relay = relay;
    }

    void add(Link consumer) {
        consumers.add(consumer);
    }

    void remove(Link consumer) {
        consumers.remove(consumer);
    }

    void enqueue(byte[] message) {
        messages.add(message);
    }

    @Override
    public void onCredit(Link link) {
        relay.credited(this, link);
    }

    @Override
    public void onTransfer(Link link, byte[] in, int from, int to) {
        if (link.transferMore() || !link.transferFirst()) {
            throw new IllegalStateException("the relay takes messages of one frame only");
        }
        relay.received(this, link, Arrays.copyOfRange(in, from, to), durable(in, from));
    }

    private boolean durable(byte[] in, int from) {
        decoder.at(in, from);
        if (decoder.descriptor() != Codes.HEADER) {
            return false;
        }
        decoder.enterList();
        return decoder.listCount() > 0 && decoder.bool();
    }

    /** Sends while there are messages and a consumer that takes them. */
    void forward() {
        while (!messages.isEmpty()) {
            Link consumer = next();
            if (consumer == null) {
                return;
            }
            consumer.connection().sendMessage(consumer, messages.remove());
        }
    }

    private @Nullable Link next() {
        for (int i = 0; i < consumers.size(); i++) {
            turn = turn + 1 < consumers.size() ? turn + 1 : 0;
            Link consumer = consumers.get(turn);
            if (consumer.credit() > 0 && consumer.connection().pendingBytes() < BUFFER_LIMIT_BYTES) {
                return consumer;
            }
        }
        return null;
    }
}
