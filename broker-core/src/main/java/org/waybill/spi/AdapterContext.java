package org.waybill.spi;

import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.waybill.config.Settings;
import org.waybill.io.Loop;
import org.waybill.security.UserStore;

/** What the broker gives an adapter. */
public interface AdapterContext {
    /** The event loops; adapters listen and connect on these and block none of them. */
    Vertx vertx();

    /** The settings in force. */
    Settings settings();

    /** Who may log in. */
    UserStore users();

    /** The loop that the calling event-loop thread belongs to. */
    Loop currentLoop();

    /** The id of this broker, stable over restarts: its container id on connections. */
    String brokerId();

    /**
     * Whether clients send faster than the disk takes it and what waits has outgrown its share of memory. An adapter then reads no
     * more from connections that send, for a while; the disk catches up without any client's help.
     */
    boolean memoryTight();

    /** Why nobody can be served here at present, so that clients should look for another node; null if they can. */
    default @Nullable BrokerError unavailable() {
        return null;
    }

    /** The cluster that this broker is a node of; null if it stands alone. */
    default @Nullable ClusterAdministration cluster() {
        return null;
    }

    /**
     * The node of the cluster that leads what a destination lives on, as far as this one knows. Any thread; nothing blocks.
     *
     * @return its id in the settings; 0 for this node, also where there is no cluster; -1 while it is not known
     */
    default int leaderOf(Destination destination) {
        return 0;
    }

    /** Opens a session on the calling event loop. */
    BrokerSession openSession(SessionSpec spec, SessionHandler handler);
}
