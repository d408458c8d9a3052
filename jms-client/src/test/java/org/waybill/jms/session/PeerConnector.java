package org.waybill.jms.session;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.Peer;

/** Connects to a peer, again and again if it is to reconnect. */
record PeerConnector(Peer peer, boolean reconnects) implements Connector {
    @Override
    public ClientConnection connect(@Nullable String clientId) {
        return ClientConnection.open(
                clientId == null ? peer.options() : peer.options().withContainerId(clientId));
    }

    @Override
    public String uri() {
        return peer.options().toString();
    }

    @Override
    public void close() {}
}
