package org.waybill.jms.engine;

import java.io.IOException;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ConnectionEngine;

/** A {@link SmallBroker} for tests of other packages: it says in its open what it is told to, or sends each client away. */
public final class Peer extends SmallBroker {
    private final Map<Symbol, Object> properties;
    private final @Nullable ErrorCondition refusal;
    private final boolean gives;

    private Peer(Map<Symbol, Object> properties, @Nullable ErrorCondition refusal, boolean gives) throws IOException {
        this.properties = properties;
        this.refusal = refusal;
        this.gives = gives;
    }

    /** Takes connections. */
    public static Peer taking() throws IOException {
        return taking(Map.of());
    }

    /** Takes connections and says this in its open. */
    public static Peer taking(Map<Symbol, Object> properties) throws IOException {
        return new Peer(properties, null, true);
    }

    /** Takes connections and lets nobody send anything. */
    public static Peer withoutRoom() throws IOException {
        return new Peer(Map.of(), null, false);
    }

    /** Refuses each connection with this error. */
    public static Peer refusing(ErrorCondition error) throws IOException {
        return new Peer(Map.of(Symbol.valueOf("amqp:connection-establishment-failed"), true), error, true);
    }

    /** How to connect to it. */
    @Override
    public ClientOptions options() {
        return super.options();
    }

    @Override
    int credit() {
        return gives ? super.credit() : 0;
    }

    /** Cuts the client off without a word; the next one is taken. */
    public void cutOff() {
        cut();
    }

    /** What a client sees that was refused so. */
    public static ClientException refused(ErrorCondition error) {
        return ClientException.of(ClientException.Kind.REFUSED, "refused", null, error);
    }

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        Open answer = new Open();
        answer.setContainerId("peer");
        answer.setProperties(properties);
        connection.open(answer);
        if (refusal != null) {
            connection.close(refusal);
        }
    }
}
