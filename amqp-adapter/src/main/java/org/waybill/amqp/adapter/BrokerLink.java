package org.waybill.amqp.adapter;

import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.Link;
import org.waybill.amqp.engine.LinkListener;

/**
 * What all links have in common: a name that another may take away, an end that comes once, and maybe a temporary node that lives as
 * long as the link.
 *
 * @param <L> the engine's class for it
 */
abstract sealed class BrokerLink<L extends Link> implements LinkListener<L>, LinkRegistry.Holder
        permits ProducerLink, ConsumerLink, CoordinatorLink, RequestLink, ReplyLink {
    final AmqpConnection connection;
    final L link;
    private final LinkRegistry.Key key;
    private @Nullable String temporary;
    private boolean over;
    private boolean gone;
    private boolean fleeting;

    BrokerLink(AmqpConnection connection, L link, boolean toClient) {
        this.connection = connection;
        this.link = link;
        this.key = new LinkRegistry.Key(connection.containerId(), link.name(), toClient);
        connection.countLink(1);
        connection.loop().shared().links().claim(key, this);
    }

    /** Gives the broker's side up, unless the broker itself ended it; the connection is still open. */
    abstract void release();

    /** The broker ended its side and says why. */
    void endedByBroker(ErrorCondition error) {
        gone = true;
        end(error);
    }

    /** Names the temporary node that was made for this link and goes with it. */
    void temporary(String address) {
        temporary = address;
        fleeting();
    }

    /** Messages would be lost with this link if the connection ended, though the client attached it again on another. */
    void fleeting() {
        if (!fleeting) {
            fleeting = true;
            connection.near().fleeting(1);
        }
    }

    /** The temporary node of this link, or null. */
    @Nullable
    String temporary() {
        return temporary;
    }

    boolean isOver() {
        return over;
    }

    /** Detaches the link for good, or refuses it if its attach was not answered yet. */
    void end(ErrorCondition error) {
        if (!end(true)) {
            return;
        }
        if (link.isAttached()) {
            link.detach(true, error);
        } else {
            link.refuse(error);
        }
    }

    @Override
    public void onDetach(L detached, boolean closed, @Nullable ErrorCondition error) {
        end(closed);
    }

    @Override
    public void onLost(L lost, @Nullable ErrorCondition error) {
        end(true);
    }

    @Override
    public void stolen(Runnable then) {
        connection.loop().loop().execute(() -> {
            connection.act(
                    () -> end(Conditions.error(Conditions.STOLEN, "link " + link.name() + " was attached elsewhere")));
            then.run();
        });
    }

    @Override
    public boolean isOf(AmqpConnection other) {
        return connection == other;
    }

    /**
     * Ends it, once.
     *
     * @param closed whether the terminus goes too; that of a link that is merely detached lives on until its connection ends
     */
    private boolean end(boolean closed) {
        if (over) {
            return false;
        }
        over = true;
        connection.countLink(-1);
        connection.loop().shared().links().release(key, this);
        if (fleeting && (closed || temporary == null)) {
            connection.near().fleeting(-1);
        }
        if (connection.isOpen()) {
            if (!gone) {
                release();
            }
            if (closed && temporary != null) {
                connection.session().deleteTemporary(temporary);
            }
        }
        return true;
    }
}
