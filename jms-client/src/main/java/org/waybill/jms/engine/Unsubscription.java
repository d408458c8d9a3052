package org.waybill.jms.engine;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;

/**
 * Ends a durable subscription: a link of its name that asks for no source in particular resumes it, if it is there, and closing that
 * ends it. All with the driver's lock held.
 */
final class Unsubscription implements ReceiverListener {
    private final ClientSession session;
    /** What tells the server where to look, for a link without a source cannot. */
    private static final Symbol[] GLOBAL = {Symbol.valueOf("shared"), Symbol.valueOf("global")};

    private final LinkState state;
    private final ReceiverLink link;
    private final boolean isGlobal;

    Unsubscription(ClientSession session, Driver driver, String linkName, boolean isGlobal) {
        this.session = session;
        this.state = new LinkState(session, driver, "the subscription", linkName);
        this.link = session.engine().receiver(linkName, this);
        this.isGlobal = isGlobal;
    }

    /** Waits for both answers. */
    void run() {
        Target target = new Target();
        target.setAddress(session.connection().options().containerId());
        Attach attach = new Attach();
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.UNSETTLED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        if (isGlobal) {
            attach.setDesiredCapabilities(GLOBAL);
        }
        state.attach(link, attach);
        state.closeAndWait(link, true);
        state.checkAnswered();
    }

    @Override
    public void onAttach(ReceiverLink receiver, Attach attach) {
        state.attached(attach.getSource() != null, null);
    }

    @Override
    public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {}

    @Override
    public void onDetach(ReceiverLink receiver, boolean closed, @Nullable ErrorCondition error) {
        state.detached(error);
    }

    @Override
    public void onLost(ReceiverLink receiver, @Nullable ErrorCondition error) {
        state.lost(error);
    }
}
