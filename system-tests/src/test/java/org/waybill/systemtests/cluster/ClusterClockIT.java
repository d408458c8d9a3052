package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.cluster.Trial.Between;
import org.waybill.systemtests.cluster.load.Servers;

/**
 * The nodes' clocks are hours apart, and jump. Leases and elections measure durations and go on; messages that expire or come due do so by the
 * clock of whoever leads, so that those with days to live must all be there, and those that are due when the clocks are right again.
 */
final class ClusterClockIT {
    private static final Duration WATCHED = Duration.ofSeconds(4);
    private static final Duration TO_LIVE = Duration.ofDays(3);
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final int MOST_HOURS = 10;
    private static final int QUEUES = 6;
    private static final int MESSAGES = 20;
    private static final long PATIENCE_MS = 30_000;
    private static final long NOTHING_MORE_MS = 500;

    @Test
    void clocksThatDifferAndJumpCostNothing() throws Exception {
        int rounds = Trial.rounds();
        JumpingClocks clocks = new JumpingClocks(3);
        clocks.set(1, Duration.ofHours(3));
        clocks.set(2, Duration.ofHours(-5));
        List<String> sent = new ArrayList<>();
        try (Trial trial = new Trial("clocks", Between.PROXIES, 3, clocks::command)) {
            for (int round = 0; round < rounds; round++) {
                send(trial.cluster().servers(), round, sent);
                int victim = 1 + round % 3;
                trial.fault(() -> jump(clocks, trial), WATCHED);
                trial.fault(() -> trial.cluster().kill(victim));
                trial.cluster().start(victim);
                trial.awaitService();
            }
            for (int node = 1; node <= 3; node++) {
                clocks.set(node, Duration.ZERO);
            }
            trial.awaitService();
            assertThat(taken(trial.cluster().servers(), sent.size())).containsExactlyInAnyOrderElementsOf(sent);
            trial.end();
        }
    }

    private static void jump(JumpingClocks clocks, Trial trial) {
        for (int node = 1; node <= 3; node++) {
            clocks.set(node, Duration.ofHours(trial.random().nextInt(-MOST_HOURS, MOST_HOURS + 1)));
        }
    }

    private static void send(Servers servers, int round, List<String> sent) throws JMSException {
        try (Connection connection = connect(servers)) {
            Session session = connection.createSession();
            for (int queue = 0; queue < QUEUES; queue++) {
                MessageProducer producer = session.createProducer(session.createQueue(name(queue)));
                for (int i = 0; i < MESSAGES; i++) {
                    boolean expires = i % 2 == 0;
                    producer.setTimeToLive(expires ? TO_LIVE.toMillis() : 0);
                    producer.setDeliveryDelay(expires ? 0 : DELAY.toMillis());
                    String text = name(queue) + " " + round + " " + i;
                    producer.send(session.createTextMessage(text));
                    sent.add(text);
                }
            }
        }
    }

    /** What is in the queues, which it takes: as much as is expected, or what comes in time, and whatever comes then. */
    private static List<String> taken(Servers servers, int expected) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect(servers)) {
            connection.start();
            Session session = connection.createSession();
            for (int queue = 0; queue < QUEUES; queue++) {
                MessageConsumer consumer = session.createConsumer(session.createQueue(name(queue)));
                int all = texts.size() + expected / QUEUES;
                Message message = consumer.receive(PATIENCE_MS);
                while (message != null) {
                    texts.add(((TextMessage) message).getText());
                    message = consumer.receive(texts.size() < all ? PATIENCE_MS : NOTHING_MORE_MS);
                }
                consumer.close();
            }
        }
        return texts;
    }

    private static Connection connect(Servers servers) throws JMSException {
        return new WaybillConnectionFactory(servers.uri(0) + "&jms.exactlyOnce=true")
                .createConnection(servers.user(), servers.password());
    }

    private static String name(int queue) {
        return "clock." + queue;
    }
}
