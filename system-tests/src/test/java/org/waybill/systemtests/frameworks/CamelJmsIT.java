package org.waybill.systemtests.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jms.connection.JmsTransactionManager;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Apache Camel's routes from and to JMS. */
@ThroughEachClient
final class CamelJmsIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            addresses:
              - match: "camel.retried.#"
                max-deliveries: 4
                dead-letter-address: camel.given-up
            """);

    private static final long WITHIN_MS = 20_000;

    @RegisterExtension
    final JmsClients clients;

    private final CamelContext camel = new DefaultCamelContext();

    CamelJmsIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void aRouteTakesFromAQueueAndPublishesToATopic() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:queue:camel.in?concurrentConsumers=2")
                        .process(CamelJmsIT::shout)
                        .to("jms:topic:camel.out");
            }
        });
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer one = session.createConsumer(session.createTopic("camel.out"));
        MessageConsumer two = session.createConsumer(session.createTopic("camel.*"));
        List<String> texts = IntStream.range(0, 20).mapToObj(i -> "m" + i).toList();
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            texts.forEach(text -> template.sendBodyAndHeader("jms:queue:camel.in", text, "origin", "camel"));
        }
        List<String> loud = texts.stream().map(CamelJmsIT::loud).toList();
        for (MessageConsumer consumer : List.of(one, two)) {
            List<String> heard = new CopyOnWriteArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                Message message = consumer.receive(WITHIN_MS);
                assertThat(message.getStringProperty("origin")).isEqualTo("camel");
                heard.add(message.getBody(String.class));
            }
            assertThat(heard).containsExactlyInAnyOrderElementsOf(loud);
        }
    }

    @Test
    void aRequestIsAnsweredOverATemporaryQueue() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:queue:camel.service?concurrentConsumers=3").process(CamelJmsIT::shout);
            }
        });
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            for (int i = 0; i < 30; i++) {
                assertThat(template.requestBody(
                                "jms:queue:camel.service?requestTimeout=20000", "question " + i, String.class))
                        .isEqualTo(loud("question " + i));
            }
        }
    }

    @Test
    void aTransactedRouteUndoesWhatItSentAndIsGivenItsMessageAgain() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:queue:camel.retried.in?transacted=true&lazyCreateTransactionManager=false")
                        .to("jms:queue:camel.retried.out?transacted=true&lazyCreateTransactionManager=false")
                        .process(exchange -> failing(exchange, heard));
            }
        });
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createProducer(session.createQueue("camel.retried.in"))
                .send(session.createTextMessage("succeeds the third time"));
        session.createProducer(session.createQueue("camel.retried.in")).send(session.createTextMessage("never"));
        assertThat(next(session, "camel.given-up")).isEqualTo("never");
        assertThat(next(session, "camel.retried.out")).isEqualTo("succeeds the third time");
        assertThat(session.createConsumer(session.createQueue("camel.retried.out"))
                        .receiveNoWait())
                .as("sent by attempts that failed")
                .isNull();
        assertThat(heard)
                .containsExactlyInAnyOrder(
                        "succeeds the third time",
                        "succeeds the third time",
                        "succeeds the third time",
                        "never",
                        "never",
                        "never",
                        "never");
    }

    @Test
    void aRouteUnderATransactionManagerMovesEachMessageOnce() throws Exception {
        JmsTransactionManager transactions = new JmsTransactionManager(clients.factory());
        camel.addComponent("managed", JmsComponent.jmsComponentTransacted(clients.factory(), transactions));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("managed:queue:camel.managed.in").to("managed:queue:camel.managed.out");
            }
        });
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        List<String> texts = IntStream.range(0, 30).mapToObj(i -> "m" + i).toList();
        for (String text : texts) {
            session.createProducer(session.createQueue("camel.managed.in")).send(session.createTextMessage(text));
        }
        for (String text : texts) {
            assertThat(next(session, "camel.managed.out")).isEqualTo(text);
        }
    }

    @Test
    void camelsOwnErrorHandlerSendsToItsDeadLetterQueue() throws Exception {
        List<String> attempts = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(deadLetterChannel("jms:queue:camel.dead")
                        .maximumRedeliveries(2)
                        .redeliveryDelay(10));
                from("jms:queue:camel.fragile").process(exchange -> {
                    attempts.add(exchange.getMessage().getBody(String.class));
                    throw new IllegalStateException("the route fails");
                });
            }
        });
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createProducer(session.createQueue("camel.fragile")).send(session.createTextMessage("poison"));
        assertThat(next(session, "camel.dead")).isEqualTo("poison");
        assertThat(attempts).containsExactly("poison", "poison", "poison");
    }

    @Test
    void aRouteMayShareADurableSubscription() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:topic:camel.events?subscriptionShared=true&subscriptionDurable=true"
                                + "&durableSubscriptionName=camel-crew&concurrentConsumers=2")
                        .routeId("crew")
                        .process(exchange -> heard.add(exchange.getMessage().getBody(String.class)));
            }
        });
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        // a shared consumer of the same subscription, so that it is certain to be there before anything is published
        session.createSharedDurableConsumer(session.createTopic("camel.events"), "camel-crew")
                .close();
        publish(session, "while it runs");
        await().untilAsserted(() -> assertThat(heard).containsExactly("while it runs"));
        camel.getRouteController().stopRoute("crew");
        publish(session, "while it stands");
        camel.getRouteController().startRoute("crew");
        await().untilAsserted(() -> assertThat(heard).containsExactly("while it runs", "while it stands"));
    }

    private static void publish(Session session, String text) throws JMSException {
        session.createProducer(session.createTopic("camel.events")).send(session.createTextMessage(text));
    }

    private void start(RouteBuilder routes) throws Exception {
        camel.addComponent("jms", JmsComponent.jmsComponentAutoAcknowledge(clients.factory()));
        camel.addRoutes(routes);
        camel.start();
    }

    private static String next(Session session, String queue) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            Message message = consumer.receive(WITHIN_MS);
            assertThat(message).as("a message of " + queue).isNotNull();
            return message.getBody(String.class);
        }
    }

    private static void failing(Exchange exchange, List<String> heard) {
        String text = exchange.getMessage().getBody(String.class);
        heard.add(text);
        long attempts = heard.stream().filter(text::equals).count();
        if (text.equals("never") || attempts < 3) {
            throw new IllegalStateException("the route fails on " + text);
        }
    }

    private static void shout(Exchange exchange) {
        exchange.getMessage().setBody(loud(exchange.getMessage().getBody(String.class)));
    }

    private static String loud(String text) {
        return text.toUpperCase(Locale.ROOT);
    }
}
