package org.waybill.jms.metrics;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the platform's MBean server under {@code org.waybill.jms:type=Connection,id=N}, N counting from 1, until it is
 * closed. Where the server refuses it, there is none: counting is no reason to fail.
 */
public final class ConnectionBean implements ConnectionMXBean, AutoCloseable {
    private static final AtomicLong LAST_ID = new AtomicLong();

    private final String uri;
    private final Traffic traffic;
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final @Nullable ObjectName name;

    /** Registers the connection to this URI, without its password. */
    public ConnectionBean(String uri, Traffic traffic) {
        this.uri = uri;
        this.traffic = traffic;
        this.name = register();
    }

    private @Nullable ObjectName register() {
        try {
            ObjectName wanted = new ObjectName("org.waybill.jms:type=Connection,id=" + LAST_ID.incrementAndGet());
            server.registerMBean(this, wanted);
            return wanted;
        } catch (JMException e) {
            return null;
        }
    }

    /** Its name there, or null if it was refused. */
    public @Nullable ObjectName name() {
        return name;
    }

    @Override
    public void close() {
        try {
            if (name != null) {
                server.unregisterMBean(name);
            }
        } catch (JMException e) {
            // Somebody else has removed it.
        }
    }

    @Override
    public String getUri() {
        return uri;
    }

    @Override
    public long getSent() {
        return traffic.counts().sent();
    }

    @Override
    public long getSentBytes() {
        return traffic.counts().sentBytes();
    }

    @Override
    public long getReceived() {
        return traffic.counts().received();
    }

    @Override
    public long getReceivedBytes() {
        return traffic.counts().receivedBytes();
    }

    @Override
    public long getRedelivered() {
        return traffic.counts().redelivered();
    }

    @Override
    public long getAcknowledged() {
        return traffic.counts().acknowledged();
    }

    @Override
    public long getReconnects() {
        return traffic.counts().reconnects();
    }
}
