package org.waybill.jms.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

final class TrafficTest {
    @Test
    void aConnectionCountsWhatItsSessionsCount() {
        Traffic connection = new Traffic();
        Traffic one = connection.ofSession();
        Traffic other = connection.ofSession();
        one.countSent(100);
        one.countSent(50);
        other.countReceived(10, false);
        other.countReceived(20, true);
        other.countAcknowledged(2);
        connection.countReconnect();

        assertThat(one.counts()).isEqualTo(new Traffic.Counts(2, 150, 0, 0, 0, 0, 1));
        assertThat(other.counts()).isEqualTo(new Traffic.Counts(0, 0, 2, 30, 1, 2, 1));
        assertThat(connection.counts()).isEqualTo(new Traffic.Counts(2, 150, 2, 30, 1, 2, 1));
    }

    @Test
    void jmxShowsAConnectionUntilItIsClosed() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Traffic traffic = new Traffic();
        traffic.countSent(100);
        traffic.countReceived(10, true);
        traffic.countAcknowledged(1);
        traffic.countReconnect();
        ObjectName name;
        try (ConnectionBean bean = new ConnectionBean("amqp://broker:5672", traffic);
                ConnectionBean another = new ConnectionBean("amqp://broker:5672", new Traffic())) {
            name = bean.name();
            assertThat(name).isNotEqualTo(another.name());
            assertThat(server.getAttribute(name, "Uri")).isEqualTo("amqp://broker:5672");
            assertThat(server.getAttribute(name, "Sent")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "SentBytes")).isEqualTo(100L);
            assertThat(server.getAttribute(name, "Received")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "ReceivedBytes")).isEqualTo(10L);
            assertThat(server.getAttribute(name, "Redelivered")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "Acknowledged")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "Reconnects")).isEqualTo(1L);
            assertThat(server.getAttribute(another.name(), "Sent")).isEqualTo(0L);
        }
        assertThat(server.isRegistered(name)).isFalse();
    }
}
