package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** Holds the last outgoing disposition of a connection back, for as long as the next ones only make it longer. */
final class Dispositions {
    private final Codec codec;
    private @Nullable SessionEngine session;
    private boolean receiver;
    private boolean settled;
    private long first;
    private long last;
    private @Nullable DeliveryState state;

    Dispositions(Codec codec) {
        this.codec = codec;
    }

    void add(
            SessionEngine of,
            boolean asReceiver,
            long from,
            long to,
            boolean isSettled,
            @Nullable DeliveryState outcome) {
        if (session == of
                && from == last + 1
                && receiver == asReceiver
                && settled == isSettled
                && isSame(state, outcome)) {
            last = to;
            return;
        }
        flush();
        session = of;
        receiver = asReceiver;
        first = from;
        last = to;
        settled = isSettled;
        state = outcome;
    }

    void flush() {
        SessionEngine of = session;
        if (of == null) {
            return;
        }
        session = null;
        HotEncoder out = codec.out;
        out.begin(HotDecoder.DISPOSITION);
        out.flag(receiver);
        out.number((int) first);
        out.number((int) last);
        out.flag(settled);
        if (state != null) {
            out.state(state);
        }
        state = null;
        out.finish(of.connection().amqpOutput(), of.localChannel(), 0);
    }

    private static boolean isSame(@Nullable DeliveryState a, @Nullable DeliveryState b) {
        return a == b
                || a instanceof Accepted && b instanceof Accepted
                || a instanceof Released && b instanceof Released;
    }
}
