package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** Hear for links that the host refused, or has not set a listener on yet: everything is passed over. */
final class Unattended {
    static final SenderListener SENDER = new Sending();
    static final ReceiverListener RECEIVER = new Receiving();

    private Unattended() {}

    private static final class Sending implements SenderListener {
        @Override
        public void onFlow(SenderLink link, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {}

        @Override
        public void onDisposition(
                SenderLink link,
                long firstId,
                long lastId,
                long firstToken,
                long lastToken,
                boolean settled,
                @Nullable DeliveryState state) {}

        @Override
        public void onDetach(SenderLink link, boolean closed, @Nullable ErrorCondition error) {}

        @Override
        public void onLost(SenderLink link, @Nullable ErrorCondition error) {}
    }

    private static final class Receiving implements ReceiverListener {
        @Override
        public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {}

        @Override
        public void onDetach(ReceiverLink link, boolean closed, @Nullable ErrorCondition error) {}

        @Override
        public void onLost(ReceiverLink link, @Nullable ErrorCondition error) {}
    }
}
