package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, sections 4.2 and 8.3.1 to 8.3.2: topics, and the subscriptions that last no longer than their consumers. */
@ThroughEachClient
final class TopicIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    TopicIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void deliversToEverySubscriberWhatIsPublishedWhileItIsThere() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session other = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.plain");
        Texts.send(session, topic, "before");
        MessageConsumer early = session.createConsumer(topic);
        Texts.send(session, topic, "one");
        MessageConsumer late = other.createConsumer(topic);
        Texts.send(session, topic, "two", "three");
        Texts.expect(early, "one", "two", "three");
        Texts.expect(late, "two", "three");
        early.close();
        Texts.send(session, topic, "meanwhile");
        Texts.expectNothing(session.createConsumer(topic));
        Texts.expect(late, "meanwhile");
    }

    @Test
    void aTopicAndAQueueOfOneNameAreTwo() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer subscriber = session.createConsumer(session.createTopic("topic.or.queue"));
        MessageConsumer receiver = session.createConsumer(session.createQueue("topic.or.queue"));
        Texts.send(session, session.createTopic("topic.or.queue"), "to the topic");
        Texts.send(session, session.createQueue("topic.or.queue"), "to the queue");
        Texts.expect(subscriber, "to the topic");
        Texts.expect(receiver, "to the queue");
    }

    @Test
    void subscribesToNamesByWildcards() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer oneWord = session.createConsumer(session.createTopic("stocks.*"));
        MessageConsumer anyWords = session.createConsumer(session.createTopic("stocks.#"));
        MessageConsumer middle = session.createConsumer(session.createTopic("stocks.*.bid"));
        MessageConsumer exact = session.createConsumer(session.createTopic("stocks.nyse"));
        for (String name : List.of("stocks", "stocks.nyse", "stocks.nyse.bid", "stocks.xetra.ask", "bonds.nyse")) {
            Texts.send(session, session.createTopic(name), name);
        }
        Texts.expect(oneWord, "stocks.nyse");
        Texts.expect(anyWords, "stocks", "stocks.nyse", "stocks.nyse.bid", "stocks.xetra.ask");
        Texts.expect(middle, "stocks.nyse.bid");
        Texts.expect(exact, "stocks.nyse");
    }

    @Test
    void showsASubscriberByWildcardTheTopicOfEachMessage() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer subscriber = session.createConsumer(session.createTopic("weather.#"));
        Topic berlin = session.createTopic("weather.berlin");
        Texts.send(session, berlin, "rain");
        assertThat(Texts.next(subscriber).getJMSDestination()).isEqualTo(berlin);
    }

    @Test
    void handsAllOfALongRowToEverySubscriberInOrder() throws JMSException {
        Connection publishing = clients.connect("jms.forceAsyncSend=true");
        Session session = publishing.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.row");
        List<MessageConsumer> subscribers = new ArrayList<>();
        for (String options :
                List.of("jms.prefetchPolicy.all=1000", "jms.prefetchPolicy.all=10", "jms.prefetchPolicy.all=0")) {
            subscribers.add(clients.connect(options)
                    .createSession(false, Session.DUPS_OK_ACKNOWLEDGE)
                    .createConsumer(topic));
        }
        List<String> row = Texts.numbered("row ", 1_000);
        Texts.send(session, topic, row);
        for (MessageConsumer subscriber : subscribers) {
            Texts.expect(subscriber, row);
        }
    }

    @Test
    void selectsForEachSubscriptionAlone() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.selected");
        MessageConsumer even = session.createConsumer(topic, "even");
        MessageConsumer odd = session.createConsumer(topic, "NOT even");
        MessageConsumer all = session.createConsumer(topic);
        try (MessageProducer producer = session.createProducer(topic)) {
            for (int i = 0; i < 4; i++) {
                Message message = session.createTextMessage("n" + i);
                message.setBooleanProperty("even", i % 2 == 0);
                producer.send(message);
            }
        }
        Texts.expect(even, "n0", "n2");
        Texts.expect(odd, "n1", "n3");
        Texts.expect(all, "n0", "n1", "n2", "n3");
    }

    @Test
    void withholdsFromANoLocalSubscriberWhatItsConnectionPublishes() throws JMSException {
        Connection own = clients.connect();
        Session session = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session sibling = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session foreign = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.nolocal");
        MessageConsumer noLocal = session.createConsumer(topic, null, true);
        MessageConsumer local = session.createConsumer(topic, null, false);
        Texts.send(session, topic, "own");
        Texts.send(sibling, topic, "of a sister session");
        Texts.send(foreign, topic, "foreign");
        Texts.expect(noLocal, "foreign");
        Texts.expect(local, "own", "of a sister session", "foreign");
    }

    @Test
    void sharesOneSubscriptionAmongItsConsumers() throws JMSException {
        Session first = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = first.createTopic("topic.shared");
        MessageConsumer one = first.createSharedConsumer(topic, "crowd");
        MessageConsumer two = second.createSharedConsumer(topic, "crowd");
        MessageConsumer alone = first.createSharedConsumer(topic, "hermit");
        MessageConsumer unshared = second.createConsumer(topic);
        List<String> published = Texts.numbered("m", 20);
        Texts.send(first, topic, published);
        Texts.expect(alone, published);
        Texts.expect(unshared, published);
        List<String> shared = new ArrayList<>(Texts.rest(one));
        List<String> other = Texts.rest(two);
        assertThat(shared).as("what one consumer of the two got").isNotEmpty();
        assertThat(other).as("what the other got").isNotEmpty();
        shared.addAll(other);
        assertThat(shared).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void scopesTheNameOfASharedSubscriptionByTheClientId() throws JMSException {
        Session ann = clients.connectAs("topic-ann").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session bob = clients.connectAs("topic-bob").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session nobody = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = ann.createTopic("topic.scoped");
        MessageConsumer ofAnn = ann.createSharedConsumer(topic, "news");
        MessageConsumer ofBob = bob.createSharedConsumer(topic, "news");
        MessageConsumer global = nobody.createSharedConsumer(topic, "news");
        Texts.send(ann, topic, "to three");
        Texts.expect(ofAnn, "to three");
        Texts.expect(ofBob, "to three");
        Texts.expect(global, "to three");
    }

    @Test
    void endsASharedSubscriptionWithItsLastConsumer() throws JMSException {
        Session first = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = first.createTopic("topic.shared.end");
        MessageConsumer one = first.createSharedConsumer(topic, "brief");
        MessageConsumer two = second.createSharedConsumer(topic, "brief");
        one.close();
        Texts.send(first, topic, "the other is still there");
        Texts.expect(two, "the other is still there");
        two.close();
        Texts.send(first, topic, "nobody is there");
        Texts.expectNothing(first.createSharedConsumer(topic, "brief"));
    }

    @Test
    void refusesAnotherTopicOrSelectorOnASharedSubscriptionInUse() throws JMSException {
        Session first = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = first.createTopic("topic.shared.fixed");
        MessageConsumer consumer = first.createSharedConsumer(topic, "fixed", "a = 1");
        assertThatThrownBy(() -> second.createSharedConsumer(topic, "fixed", "a = 2"))
                .isInstanceOf(JMSException.class);
        Topic elsewhere = second.createTopic("topic.shared.elsewhere");
        assertThatThrownBy(() -> second.createSharedConsumer(elsewhere, "fixed", "a = 1"))
                .isInstanceOf(JMSException.class);
        try (MessageProducer producer = second.createProducer(topic)) {
            Message message = second.createTextMessage("as it was");
            message.setIntProperty("a", 1);
            producer.send(message);
        }
        Texts.expect(consumer, "as it was");
        consumer.close();
        MessageConsumer changed = second.createSharedConsumer(elsewhere, "fixed");
        Texts.send(second, elsewhere, "free to change");
        Texts.expect(changed, "free to change");
    }

    @Test
    void returnsToASharedSubscriptionWhatADeadConsumerHeld() throws JMSException {
        Connection dying = clients.connect();
        Session first = dying.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = first.createTopic("topic.shared.dead");
        MessageConsumer holder = first.createSharedConsumer(topic, "heirs");
        List<String> published = Texts.numbered("m", 5);
        Texts.send(first, topic, published);
        assertThat(Texts.receive(holder, 2)).containsExactly("m0", "m1");
        MessageConsumer heir = second.createSharedConsumer(topic, "heirs");
        dying.close();
        assertThat(Texts.receive(heir, 5)).containsExactlyInAnyOrderElementsOf(published);
        Texts.expectNothing(heir);
    }

    @Test
    void publishesInATransactionToAllOrToNone() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.transacted");
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        MessageProducer producer = transacted.createProducer(topic);
        producer.send(transacted.createTextMessage("given up"));
        transacted.rollback();
        producer.send(transacted.createTextMessage("meant"));
        Texts.expectNothing(one);
        transacted.commit();
        Texts.expect(one, "meant");
        Texts.expect(two, "meant");
    }

    @Test
    void redeliversToOneSubscriptionWithoutTouchingTheOthers() throws JMSException {
        Connection connection = clients.connect();
        Session careful = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.redelivered");
        MessageConsumer rollingBack = careful.createConsumer(topic);
        MessageConsumer other = session.createConsumer(topic);
        Texts.send(session, topic, "a", "b");
        assertThat(Texts.receive(rollingBack, 2)).containsExactly("a", "b");
        careful.rollback();
        Message again = Texts.next(rollingBack);
        assertThat(again.getBody(String.class)).isEqualTo("a");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        Texts.expect(rollingBack, "b");
        careful.commit();
        Message once = Texts.next(other);
        assertThat(once.getJMSRedelivered()).isFalse();
        assertThat(once.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        Texts.expect(other, "b");
    }

    @Test
    void keepsThePriorityAndTheModeOfWhatIsPublished() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("topic.headers");
        MessageConsumer subscriber = session.createConsumer(topic);
        try (MessageProducer producer = session.createProducer(topic)) {
            producer.send(session.createTextMessage("x"), DeliveryMode.NON_PERSISTENT, 7, 600_000);
        }
        Message message = Texts.next(subscriber);
        assertThat(message.getJMSPriority()).isEqualTo(7);
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(message.getJMSExpiration()).isEqualTo(message.getJMSTimestamp() + 600_000);
        assertThat(message.getJMSDestination()).isEqualTo(topic);
    }
}
