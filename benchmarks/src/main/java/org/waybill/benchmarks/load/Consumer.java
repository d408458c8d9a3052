package org.waybill.benchmarks.load;

import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.Decoder;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;

/**
 * One receiving link with its own connection: accepts what one read brought as one range, and renews its credit when
 * half of it is used.
 */
final class Consumer implements LinkListener {
    private final Tally tally;
    private final int creditWindow;
    private final @Nullable IdSet seen;
    private final Decoder decoder = new Decoder();
    private long sentAtNs;
    private long duplicates;

    /** With a set of ids, each message received is added to it and duplicates are counted. */
    Consumer(Tally tally, int creditWindow, @Nullable IdSet seen) {
        this.tally = tally;
        this.creditWindow = creditWindow;
        this.seen = seen;
    }

    /** Messages received more than once. */
    long duplicates() {
        return duplicates;
    }

    @Override
    public void onTransfer(Link link, byte[] in, int from, int to) {
        if (link.transferFirst()) {
            readStamp(in, from);
        }
        if (link.transferMore()) {
            return;
        }
        tally.received(sentAtNs);
        if (!link.transferSettled()) {
            link.accept(link.transferId());
        }
        if (link.credit() <= creditWindow / 2) {
            link.sendAccepted();
            link.grant(creditWindow);
        }
    }

    private void readStamp(byte[] in, int from) {
        MessageTemplate.seekStamp(decoder.at(in, from));
        sentAtNs = decoder.u64();
        long sequence = decoder.u64();
        int producer = decoder.i32();
        if (seen != null && !seen.add(sequence, producer)) {
            duplicates++;
        }
    }
}
