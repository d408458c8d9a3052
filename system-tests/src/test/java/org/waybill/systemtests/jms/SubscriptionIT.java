package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, sections 8.3.3 to 8.3.4: durable subscriptions, of one consumer and shared, with and without a client id. */
@ThroughEachClient
final class SubscriptionIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    SubscriptionIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void keepsWhatIsPublishedWhileNobodyListensUntilItIsRemoved() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.kept");
        Session session = clients.connectAs("kept").createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createDurableConsumer(topic, "s");
        Texts.send(publisher, topic, "one");
        Texts.expect(consumer, "one");
        consumer.close();
        Texts.send(publisher, topic, "two", "three");
        consumer = session.createDurableSubscriber(topic, "s");
        Texts.expect(consumer, "two", "three");
        consumer.close();
        Texts.send(publisher, topic, "lost with the subscription");
        session.unsubscribe("s");
        assertThatThrownBy(() -> session.unsubscribe("s")).isInstanceOf(InvalidDestinationException.class);
        Texts.expectNothing(session.createDurableConsumer(topic, "s"));
    }

    @Test
    void outlivesItsConnection() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.connection");
        Connection first = clients.connectAs("outliving");
        Session session = first.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createDurableConsumer(topic, "s");
        Texts.send(publisher, topic, "a", "b", "c");
        Texts.next(consumer).acknowledge();
        assertThat(Texts.receive(consumer, 1)).containsExactly("b");
        first.close();
        Texts.send(publisher, topic, "d");
        Session again = clients.connectAs("outliving").createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer resumed = again.createDurableConsumer(topic, "s");
        Message b = Texts.next(resumed);
        assertThat(b.getBody(String.class)).isEqualTo("b");
        assertThat(b.getJMSRedelivered()).isTrue();
        Texts.expect(resumed, "c", "d");
    }

    @Test
    void scopesNamesByClientId() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.scoped");
        Session ann = clients.connectAs("scoped-ann").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session bob = clients.connectAs("scoped-bob").createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer ofAnn = ann.createDurableConsumer(topic, "s");
        MessageConsumer ofBob = bob.createSharedDurableConsumer(topic, "s");
        MessageConsumer global = publisher.createSharedDurableConsumer(topic, "s");
        Texts.send(publisher, topic, "to three");
        Texts.expect(ofAnn, "to three");
        Texts.expect(ofBob, "to three");
        Texts.expect(global, "to three");
        ofBob.close();
        bob.unsubscribe("s");
        Texts.send(publisher, topic, "to two");
        Texts.expect(ofAnn, "to two");
        Texts.expect(global, "to two");
        global.close();
        publisher.unsubscribe("s");
        assertThatThrownBy(() -> bob.unsubscribe("s")).isInstanceOf(InvalidDestinationException.class);
        ofAnn.close();
        ann.unsubscribe("s");
    }

    @Test
    void wantsAClientIdUnlessItIsShared() throws JMSException {
        Session session = publisher();
        Topic topic = session.createTopic("sub.anonymous");
        assertThatThrownBy(() -> session.createDurableConsumer(topic, "s")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesASecondConsumerUnlessItIsShared() throws JMSException {
        Session session = clients.connectAs("second").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.second");
        MessageConsumer consumer = session.createDurableConsumer(topic, "s");
        assertThatThrownBy(() -> session.createDurableConsumer(topic, "s")).isInstanceOf(JMSException.class);
        Texts.send(session, topic, "to the first");
        Texts.expect(consumer, "to the first");
    }

    @Test
    void refusesToBeRemovedWhileInUse() throws JMSException {
        Session own = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session other = publisher();
        Topic topic = own.createTopic("sub.in-use");
        MessageConsumer consumer = own.createSharedDurableConsumer(topic, "in-use");
        assertThatThrownBy(() -> other.unsubscribe("in-use")).isInstanceOf(JMSException.class);
        Texts.send(other, topic, "still here");
        Texts.expect(consumer, "still here");
        consumer.close();
        other.unsubscribe("in-use");
    }

    @Test
    void keepsItsMessagesWhenItIsTakenUpUnchanged() throws JMSException {
        Session session = clients.connectAs("unchanged").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.unchanged");
        session.createDurableConsumer(topic, "s", "a = 1", true).close();
        publish(publisher(), topic, "kept", 1);
        Texts.expect(session.createDurableConsumer(topic, "s", "a = 1", true), "kept");
    }

    @Test
    void startsAnewWithAnotherSelector() throws JMSException {
        Session publisher = publisher();
        Session session = clients.connectAs("selector").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.selector");
        session.createDurableConsumer(topic, "s", "a = 1", false).close();
        publish(publisher, topic, "by the old selector", 1);
        MessageConsumer consumer = session.createDurableConsumer(topic, "s", "a = 2", false);
        publish(publisher, topic, "no longer wanted", 1);
        publish(publisher, topic, "by the new selector", 2);
        Texts.expect(consumer, "by the new selector");
        consumer.close();
        publish(publisher, topic, "gone too", 2);
        Texts.expectNothing(session.createDurableConsumer(topic, "s"));
    }

    @Test
    void startsAnewOnAnotherTopic() throws JMSException {
        Session publisher = publisher();
        Session session = clients.connectAs("topic").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic first = session.createTopic("sub.topic.first");
        Topic second = session.createTopic("sub.topic.second");
        session.createDurableConsumer(first, "s").close();
        Texts.send(publisher, first, "on the first");
        MessageConsumer consumer = session.createDurableConsumer(second, "s");
        Texts.send(publisher, first, "on the first again");
        Texts.send(publisher, second, "on the second");
        Texts.expect(consumer, "on the second");
    }

    @Test
    void startsAnewWithAnotherNoLocal() throws JMSException {
        Session publisher = publisher();
        Session session = clients.connectAs("nolocal").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.nolocal");
        session.createDurableConsumer(topic, "s", null, false).close();
        Texts.send(session, topic, "own, with the old subscription");
        MessageConsumer consumer = session.createDurableConsumer(topic, "s", null, true);
        Texts.send(session, topic, "own");
        Texts.send(publisher, topic, "foreign");
        Texts.expect(consumer, "foreign");
    }

    @Test
    void noLocalGoesByTheClientIdWhileNobodyListens() throws JMSException {
        Connection first = clients.connectAs("local-again");
        Session session = first.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.nolocal.again");
        session.createDurableConsumer(topic, "s", null, true).close();
        Texts.send(session, topic, "own, while closed");
        Texts.send(publisher(), topic, "foreign");
        first.close();
        Session again = clients.connectAs("local-again").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Texts.expect(again.createDurableConsumer(topic, "s", null, true), "foreign");
    }

    @Test
    void sharesADurableSubscriptionOverConnectionsAndTime() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.shared");
        Session first = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer one = first.createSharedDurableConsumer(topic, "crew");
        MessageConsumer two = second.createSharedDurableConsumer(topic, "crew");
        List<String> published = Texts.numbered("m", 20);
        Texts.send(publisher, topic, published);
        List<String> both = new ArrayList<>(Texts.rest(one));
        both.addAll(Texts.rest(two));
        assertThat(both).containsExactlyInAnyOrderElementsOf(published);
        one.close();
        two.close();
        Texts.send(publisher, topic, "while nobody is there");
        one = first.createSharedDurableConsumer(topic, "crew");
        Texts.expect(one, "while nobody is there");
        one.close();
        first.unsubscribe("crew");
        assertThatThrownBy(() -> first.unsubscribe("crew")).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void changesASharedOneOnlyWhileNobodyUsesIt() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.shared.changed");
        Session first = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session second = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = first.createSharedDurableConsumer(topic, "fickle", "a = 1");
        assertThatThrownBy(() -> second.createSharedDurableConsumer(topic, "fickle", "a = 2"))
                .isInstanceOf(JMSException.class);
        Topic elsewhere = second.createTopic("sub.shared.elsewhere");
        assertThatThrownBy(() -> second.createSharedDurableConsumer(elsewhere, "fickle", "a = 1"))
                .isInstanceOf(JMSException.class);
        publish(publisher, topic, "first", 1);
        Texts.expect(consumer, "first");
        consumer.close();
        publish(publisher, topic, "lost by the change", 1);
        MessageConsumer changed = second.createSharedDurableConsumer(topic, "fickle", "a = 2");
        publish(publisher, topic, "second", 2);
        Texts.expect(changed, "second");
        changed.close();
        second.unsubscribe("fickle");
    }

    @Test
    void isEitherSharedOrNot() throws JMSException {
        Session session = clients.connectAs("either").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.either");
        session.createDurableConsumer(topic, "unshared").close();
        session.createSharedDurableConsumer(topic, "shared").close();
        Texts.send(publisher(), topic, "to both");
        assertThatThrownBy(() -> session.createSharedDurableConsumer(topic, "unshared"))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createDurableConsumer(topic, "shared")).isInstanceOf(JMSException.class);
        Texts.expect(session.createDurableConsumer(topic, "unshared"), "to both");
        Texts.expect(session.createSharedDurableConsumer(topic, "shared"), "to both");
    }

    @Test
    void subscribesDurablyByWildcards() throws JMSException {
        Session publisher = publisher();
        Session session = clients.connectAs("wild").createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createDurableConsumer(session.createTopic("sub.wild.#"), "s").close();
        Texts.send(publisher, publisher.createTopic("sub.wild"), "root");
        Texts.send(publisher, publisher.createTopic("sub.wild.a.b"), "leaf");
        Texts.send(publisher, publisher.createTopic("sub.tame"), "other");
        Texts.expect(session.createDurableConsumer(session.createTopic("sub.wild.#"), "s"), "root", "leaf");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void livesThroughTheEndOfTheBroker(boolean crash) throws JMSException {
        String run = crash ? "crash" : "restart";
        Connection connection = clients.connectAs("survivor-" + run);
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Topic topic = session.createTopic("sub.survivor." + run);
        Topic wild = session.createTopic("sub.survivor.*");
        session.createDurableConsumer(topic, "plain").close();
        session.createDurableConsumer(topic, "selective", "a = 2", true).close();
        session.createDurableConsumer(wild, "wild").close();
        session.createSharedDurableConsumer(topic, "shared").close();
        session.createDurableConsumer(topic, "removed").close();
        Session publisher = publisher();
        publisher.createSharedDurableConsumer(topic, "global-" + run).close();
        publish(publisher, topic, "one", 1);
        publish(publisher, topic, "two", 2);
        MessageConsumer plain = session.createDurableConsumer(topic, "plain");
        Texts.next(plain).acknowledge();
        assertThat(Texts.receive(plain, 1)).containsExactly("two");
        // no client waits for its acknowledgement to be safe; what it sends after it is safe only together with it
        publish(session, topic, "own", 2);
        session.unsubscribe("removed");
        if (crash) {
            BROKER.crash();
        } else {
            BROKER.restart();
        }
        Session after = clients.connectAs("survivor-" + run).createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session others = publisher();
        publish(others, topic, "three", 2);
        publish(after, topic, "own again", 2);
        Texts.expect(after.createDurableConsumer(topic, "plain"), "two", "own", "three", "own again");
        Texts.expect(after.createDurableConsumer(topic, "selective", "a = 2", true), "two", "three");
        Texts.expect(after.createDurableConsumer(wild, "wild"), "one", "two", "own", "three", "own again");
        Texts.expect(after.createSharedDurableConsumer(topic, "shared"), "one", "two", "own", "three", "own again");
        Texts.expect(
                others.createSharedDurableConsumer(topic, "global-" + run), "one", "two", "own", "three", "own again");
        assertThatThrownBy(() -> after.unsubscribe("removed")).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void keepsNonPersistentMessagesWhileTheBrokerRuns() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.nonpersistent");
        Session session = clients.connectAs("nonpersistent").createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createDurableConsumer(topic, "s").close();
        try (MessageProducer producer = publisher.createProducer(topic)) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(publisher.createTextMessage("light"));
        }
        Texts.expect(session.createDurableConsumer(topic, "s"), "light");
    }

    @Test
    void takesPartInTransactions() throws JMSException {
        Session publisher = publisher();
        Topic topic = publisher.createTopic("sub.transacted");
        Connection connection = clients.connectAs("transacted");
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createDurableConsumer(topic, "s");
        Texts.send(publisher, topic, "a", "b", "c");
        assertThat(Texts.receive(consumer, 2)).containsExactly("a", "b");
        session.rollback();
        assertThat(Texts.receive(consumer, 1)).containsExactly("a");
        session.commit();
        assertThat(Texts.receive(consumer, 1)).containsExactly("b");
        connection.close();
        Session again = clients.connectAs("transacted").createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer rest = again.createDurableConsumer(topic, "s");
        Texts.expect(rest, "b", "c");
        again.commit();
    }

    private Session publisher() throws JMSException {
        return clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private static void publish(Session session, Topic topic, String text, int a) throws JMSException {
        try (MessageProducer producer = session.createProducer(topic)) {
            Message message = session.createTextMessage(text);
            message.setIntProperty("a", a);
            producer.send(message);
        }
    }
}
