package org.waybill.systemtests.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;

/** A message-driven bean of an application server receives, sends and fetches by the resource adapter, each time in one transaction. */
@EnabledIfSystemProperty(named = "waybill.wildfly", matches = ".+")
@Timeout(300)
final class WildFlyIT {
    private static final long WAIT_MS = 60_000;
    private static final long NOTHING_MS = 500;

    private BrokerProcess broker;
    private WildFly server;

    @BeforeEach
    void start() {
        broker = BrokerProcess.start();
        server = WildFly.start(broker.port());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        broker.close();
    }

    private JMSContext context() {
        return new WaybillConnectionFactory("failover:(amqp://127.0.0.1:" + broker.port() + ")").createContext();
    }

    private static void send(JMSContext context, String queue, String text) {
        context.createProducer().send(context.createQueue(queue), text);
    }

    private String forwarded(JMSConsumer out, int deliveries) throws JMSException {
        Message message = out.receive(WAIT_MS);
        assertThat(message).as(() -> server.output()).isNotNull();
        assertThat(message.getIntProperty("deliveries")).isEqualTo(deliveries);
        return message.getBody(String.class);
    }

    private String branches() {
        return Cli.run("transaction", "list", "--port", String.valueOf(broker.port()))
                .text();
    }

    @Test
    void whatABeanSendsAndReceivesIsOneTransaction() throws JMSException {
        try (JMSContext context = context()) {
            JMSConsumer out = context.createConsumer(context.createQueue("out"));

            send(context, "in", "plain");
            assertThat(forwarded(out, 1)).isEqualTo("plain");

            send(context, "in", "fail");
            assertThat(forwarded(out, 2)).isEqualTo("fail");

            send(context, "store", "kept");
            send(context, "in", "fetch-fail");
            assertThat(forwarded(out, 2)).isEqualTo("kept");

            assertThat(out.receive(NOTHING_MS)).isNull();
        }
        assertThat(branches()).doesNotContain("prepared");
    }

    @Test
    void aBrokerThatIsKilledIsWaitedForAndNothingIsLostOrDoubled() {
        int count = 400;
        Set<String> expected = new TreeSet<>();
        try (JMSContext context = context()) {
            for (int number = 0; number < count; number++) {
                expected.add("n" + number);
                send(context, "in", "n" + number);
                if (number == count / 2) {
                    broker.kill();
                    broker = BrokerProcess.start(broker.options());
                }
            }
            Set<String> seen = new TreeSet<>();
            JMSConsumer out = context.createConsumer(context.createQueue("out"));
            for (int number = 0; number < count; number++) {
                String next = out.receiveBody(String.class, WAIT_MS);
                assertThat(next).as(() -> server.output()).isNotNull();
                assertThat(seen.add(next)).as("%s for the first time", next).isTrue();
            }
            assertThat(seen).isEqualTo(expected);
            assertThat(out.receive(NOTHING_MS)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"undecided", "decided"})
    void aServerThatDiedRecoversItsBranches(String phase) throws JMSException {
        try (JMSContext context = context()) {
            send(context, "in", phase);
            server.awaitDeath();
            assertThat(branches()).contains("prepared");

            server.start();
            await("recovery").atMost(Duration.ofMillis(WAIT_MS)).untilAsserted(() -> assertThat(branches())
                    .doesNotContain("prepared"));

            JMSConsumer out = context.createConsumer(context.createQueue("out"));
            assertThat(forwarded(out, phase.equals("decided") ? 1 : 2)).isEqualTo(phase);
            assertThat(out.receive(NOTHING_MS)).isNull();
            assertThat(context.createConsumer(context.createQueue("in")).receive(NOTHING_MS))
                    .isNull();
        }
    }
}
