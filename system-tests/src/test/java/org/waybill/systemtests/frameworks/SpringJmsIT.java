package org.waybill.systemtests.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.listener.AbstractMessageListenerContainer;
import org.springframework.jms.listener.DefaultMessageListenerContainer;
import org.springframework.jms.listener.SessionAwareMessageListener;
import org.springframework.jms.listener.SimpleMessageListenerContainer;
import org.springframework.util.backoff.FixedBackOff;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Spring's JmsTemplate and its listener containers. */
@ThroughEachClient
final class SpringJmsIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            addresses:
              - match: "spring.failing.#"
                max-deliveries: 3
                dead-letter-address: spring.dead
            """);

    @RegisterExtension
    final JmsClients clients;

    private final List<AbstractMessageListenerContainer> containers = new ArrayList<>();
    private final List<CachingConnectionFactory> caches = new ArrayList<>();

    SpringJmsIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @AfterEach
    void shutDown() {
        containers.forEach(AbstractMessageListenerContainer::shutdown);
        caches.forEach(CachingConnectionFactory::destroy);
    }

    @Test
    void aTemplateSendsReceivesSelectsAndBrowses() {
        JmsTemplate template = template();
        template.convertAndSend("spring.template", "plain");
        template.convertAndSend("spring.template", "marked", message -> {
            message.setStringProperty("mark", "yes");
            return message;
        });
        assertThat(template.<Integer>browse("spring.template", (session, browser) -> count(browser.getEnumeration())))
                .isEqualTo(2);
        assertThat(template.receiveSelectedAndConvert("spring.template", "mark = 'yes'"))
                .isEqualTo("marked");
        assertThat(template.receiveAndConvert("spring.template")).isEqualTo("plain");
        template.setReceiveTimeout(JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
        assertThat(template.receiveAndConvert("spring.template")).isNull();
    }

    @Test
    void aTemplateWithoutACacheOpensAConnectionForEachCall() {
        JmsTemplate template = new JmsTemplate(clients.factory());
        template.setReceiveTimeout(20_000);
        for (int i = 0; i < 20; i++) {
            template.convertAndSend("spring.uncached", "m" + i);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(template.receiveAndConvert("spring.uncached")).isEqualTo("m" + i);
        }
    }

    @Test
    void aTransactedTemplateClosesItsProducerBeforeItCommits() {
        JmsTemplate template = template();
        template.setSessionTransacted(true);
        for (int i = 0; i < 5; i++) {
            template.convertAndSend("spring.transacted.template", "m" + i);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(template.receiveAndConvert("spring.transacted.template")).isEqualTo("m" + i);
        }
    }

    @Test
    void aTemplateAsksAndIsAnswered() throws JMSException {
        DefaultMessageListenerContainer service = container("spring.service", clients.factory());
        service.setConcurrentConsumers(2);
        service.setMessageListener((SessionAwareMessageListener<TextMessage>) (request, session) -> {
            try (var producer = session.createProducer(request.getJMSReplyTo())) {
                producer.send(session.createTextMessage(request.getText() + "!"));
            }
        });
        start(service);
        JmsTemplate template = template();
        for (int i = 0; i < 20; i++) {
            String text = "request " + i;
            Message answer = template.sendAndReceive("spring.service", session -> session.createTextMessage(text));
            assertThat(answer).isNotNull();
            assertThat(answer.getBody(String.class)).isEqualTo(text + "!");
        }
    }

    @Test
    void severalConsumersOfAContainerTakeEachMessageOnce() {
        List<String> heard = new CopyOnWriteArrayList<>();
        DefaultMessageListenerContainer container = container("spring.concurrent", cached());
        container.setConcurrency("2-4");
        container.setMessageListener(listener(heard));
        start(container);
        JmsTemplate template = template();
        List<String> texts = numbered(200);
        texts.forEach(text -> template.convertAndSend("spring.concurrent", text));
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(texts));
    }

    @Test
    void whatATransactedListenerFailsOnComesAgainAndIsDeadAtLast() throws JMSException {
        List<String> heard = new CopyOnWriteArrayList<>();
        DefaultMessageListenerContainer container = container("spring.failing.session", clients.factory());
        container.setSessionTransacted(true);
        container.setMessageListener(failingOn("poison", heard));
        start(container);
        JmsTemplate template = template();
        for (String text : List.of("before", "poison", "after")) {
            template.convertAndSend("spring.failing.session", text);
        }
        Message dead = template.receiveSelected("spring.dead", null);
        assertThat(dead.getBody(String.class)).isEqualTo("poison");
        await().untilAsserted(() ->
                assertThat(heard).containsExactlyInAnyOrder("before", "poison", "poison", "poison", "after"));
    }

    /** Without a cache a container with a transaction manager opens a connection for each message, and prefetches a thousand. */
    @Test
    void aTransactionManagerCoversWhatIsReceivedAndWhatIsSent() {
        ConnectionFactory factory = clients.factory();
        JmsTemplate inside = new JmsTemplate(factory);
        List<String> heard = new CopyOnWriteArrayList<>();
        DefaultMessageListenerContainer container = container("spring.managed", factory);
        container.setTransactionManager(new JmsTransactionManager(factory));
        container.setMessageListener((SessionAwareMessageListener<TextMessage>) (message, session) -> {
            inside.convertAndSend("spring.managed.done", message.getText());
            heard.add(message.getText());
            if (heard.size() == 1) {
                throw new IllegalStateException("the first attempt fails");
            }
        });
        JmsTemplate template = template();
        List<String> texts = numbered(30);
        texts.forEach(text -> template.convertAndSend("spring.managed", text));
        start(container);
        List<Object> done = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Object next = template.receiveAndConvert("spring.managed.done");
            assertThat(next).as("after " + done).isNotNull();
            done.add(next);
        }
        assertThat(done).containsExactlyInAnyOrderElementsOf(texts);
        template.setReceiveTimeout(JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
        assertThat(template.receiveAndConvert("spring.managed.done"))
                .as("sent by the attempt that failed")
                .isNull();
        assertThat(template.receiveAndConvert("dead-letters")).isNull();
    }

    @Test
    void aContainerSharesADurableSubscriptionAmongItsConsumersAndTakesItUpAgain() {
        List<String> heard = new CopyOnWriteArrayList<>();
        DefaultMessageListenerContainer first = subscriber(heard);
        start(first);
        await().until(() -> first.getActiveConsumerCount() == 3);
        JmsTemplate template = template();
        template.setPubSubDomain(true);
        List<String> texts = numbered(60);
        texts.subList(0, 30).forEach(text -> template.convertAndSend("spring.events", text));
        await().untilAsserted(() -> assertThat(heard).hasSize(30));
        first.shutdown();
        texts.subList(30, 60).forEach(text -> template.convertAndSend("spring.events", text));
        start(subscriber(heard));
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(texts));
    }

    private DefaultMessageListenerContainer subscriber(List<String> heard) {
        DefaultMessageListenerContainer container = container("spring.events", clients.factory());
        container.setPubSubDomain(true);
        container.setSubscriptionShared(true);
        container.setSubscriptionDurable(true);
        container.setSubscriptionName("spring-crew");
        container.setConcurrentConsumers(3);
        container.setMessageListener(listener(heard));
        return container;
    }

    @Test
    void theSimpleContainerListensToo() {
        List<String> heard = new CopyOnWriteArrayList<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer();
        container.setConnectionFactory(clients.factory());
        container.setDestinationName("spring.simple");
        container.setConcurrentConsumers(2);
        container.setMessageListener(listener(heard));
        start(container);
        JmsTemplate template = template();
        List<String> texts = numbered(50);
        texts.forEach(text -> template.convertAndSend("spring.simple", text));
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(texts));
    }

    @Test
    void aContainerOutlivesTheBroker() {
        List<String> heard = new CopyOnWriteArrayList<>();
        DefaultMessageListenerContainer container = container("spring.outliving", clients.factory());
        container.setSessionTransacted(true);
        container.setMessageListener(listener(heard));
        start(container);
        new JmsTemplate(clients.factory()).convertAndSend("spring.outliving", "before");
        await().untilAsserted(() -> assertThat(heard).containsExactly("before"));
        BROKER.crash();
        new JmsTemplate(clients.factory()).convertAndSend("spring.outliving", "after");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(heard).containsExactly("before", "after"));
    }

    private JmsTemplate template() {
        JmsTemplate template = new JmsTemplate(cached());
        template.setReceiveTimeout(20_000);
        return template;
    }

    private CachingConnectionFactory cached() {
        CachingConnectionFactory cache = new CachingConnectionFactory(clients.factory());
        caches.add(cache);
        return cache;
    }

    private static DefaultMessageListenerContainer container(String destination, ConnectionFactory factory) {
        DefaultMessageListenerContainer container = new DefaultMessageListenerContainer();
        container.setConnectionFactory(factory);
        container.setDestinationName(destination);
        container.setBackOff(new FixedBackOff(50, FixedBackOff.UNLIMITED_ATTEMPTS));
        container.setErrorHandler(error -> {});
        return container;
    }

    private void start(AbstractMessageListenerContainer container) {
        containers.add(container);
        container.afterPropertiesSet();
        container.start();
    }

    private static SessionAwareMessageListener<TextMessage> listener(List<String> heard) {
        return (message, session) -> heard.add(message.getText());
    }

    private static SessionAwareMessageListener<TextMessage> failingOn(String poison, List<String> heard) {
        return (message, session) -> {
            heard.add(message.getText());
            if (message.getText().equals(poison)) {
                throw new IllegalStateException("the listener fails on " + poison);
            }
        };
    }

    private static int count(Enumeration<?> messages) {
        int count = 0;
        for (; messages.hasMoreElements(); messages.nextElement()) {
            count++;
        }
        return count;
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(number -> "m" + number).toList();
    }
}
