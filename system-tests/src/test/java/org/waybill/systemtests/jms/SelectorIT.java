package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 3.8: what a selector lets through, on a queue's consumers and browsers, and which are refused. */
@ThroughEachClient
final class SelectorIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    SelectorIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    /** Each line: a selector, and which of the messages of {@link #sendZoo} it selects; the cow comes first by her priority. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    legs = 4                                        | cow cat dog
                    legs <> 4                                       | hen eel
                    legs > 0 AND legs < 4                           | hen
                    legs BETWEEN 2 AND 4                            | cow cat dog hen
                    NOT (legs BETWEEN 2 AND 4)                      | eel
                    legs = 4.0                                      | cow cat dog
                    weight >= 4.5                                   | cow cat dog
                    weight * 2 + 1 = 10                             | cat
                    -weight < -100                                  | cow
                    farm = TRUE                                     | cow hen
                    farm <> TRUE                                    | cat dog eel
                    NOT farm                                        | cat dog eel
                    colour = 'black'                                | cat
                    colour IN ('black', 'white')                    | cat hen
                    colour NOT IN ('black', 'white')                | cow dog
                    colour IS NULL                                  | eel
                    colour IS NOT NULL                              | cow cat dog hen
                    colour <> 'black'                               | cow dog hen
                    colour LIKE 'b%'                                | cat dog
                    colour LIKE 'b_____%'                           |
                    colour LIKE 'b____'                             | cat dog
                    colour NOT LIKE 'b%'                            | cow hen
                    note LIKE '50!%%' ESCAPE '!'                    | dog
                    note = 'it''s'                                  | cat
                    $tag_1 = 'x'                                    | eel
                    legs = '4'                                      |
                    legs = '4' OR legs = 0                          | eel
                    absent = 1 OR farm                              | cow hen
                    absent <> 1                                     |
                    absent IS NULL AND legs = 2                     | hen
                    JMSPriority > 4                                 | cow
                    JMSType = 'bird'                                | hen
                    JMSCorrelationID = 'c-eel'                      | eel
                    JMSDeliveryMode = 'NON_PERSISTENT'              | hen
                    JMSDeliveryMode = 'PERSISTENT' AND legs = 4     | cow cat dog
                    JMSXGroupID = 'herd'                            | cow
                    JMSTimestamp > 0 AND JMSPriority = 9            | cow
                    colour = 'black' OR legs = 2 AND farm           | cat hen
                    (colour = 'black' OR legs = 2) AND farm         | hen
                    """)
    void selects(String selector, String expected) throws JMSException {
        Session session = clients.connect().createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createTemporaryQueue();
        sendZoo(session, queue);
        List<String> names = expected == null ? List.of() : List.of(expected.split(" "));
        assertThat(Texts.browse(session.createBrowser(queue, selector)))
                .as("a browser")
                .isEqualTo(names);
        Texts.expect(session.createConsumer(queue, selector), names);
    }

    @Test
    void findsAMessageByItsOwnId() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("selector.id");
        TextMessage first = session.createTextMessage("first");
        TextMessage second = session.createTextMessage("second");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(first);
            producer.send(second);
        }
        Texts.expect(session.createConsumer(queue, "JMSMessageID = '" + second.getJMSMessageID() + "'"), "second");
    }

    @Test
    void neverStopsAtTheHeadOfAQueue() throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=1", "jms.forceAsyncSend=true");
        Session sending = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = sending.createQueue("selector.deep");
        try (MessageProducer producer = sending.createProducer(queue)) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < 10_000; i++) {
                Message message = sending.createTextMessage("ahead");
                message.setStringProperty("kind", "other");
                producer.send(message);
            }
            for (int i = 0; i < 3; i++) {
                Message message = sending.createTextMessage("wanted" + i);
                message.setStringProperty("kind", "wanted");
                producer.send(message);
            }
        }
        sending.commit();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer selective = session.createConsumer(queue, "kind = 'wanted'");
        Texts.expect(selective, Texts.numbered("wanted", 3));
        Texts.send(session, queue, "of no kind");
        Texts.expectNothing(selective);
        assertThat(Texts.receive(session.createConsumer(queue), 1)).containsExactly("ahead");
    }

    @Test
    void consumersWithDifferentSelectorsShareAQueue() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("selector.shared");
        sendZoo(session, queue);
        MessageConsumer four = session.createConsumer(queue, "legs = 4");
        MessageConsumer two = session.createConsumer(queue, "legs = 2");
        Texts.expect(four, "cow", "cat", "dog");
        Texts.expect(two, "hen");
        Texts.expect(session.createConsumer(queue), "eel");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"legs = ", "legs == 4", "legs = 4 AND", "colour LIKE 5", "'a' IN legs", "legs NOT 4", "a b"})
    void refusesWhatIsNoSelector(String selector) throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("selector.bad");
        assertThatThrownBy(() -> session.createConsumer(queue, selector)).isInstanceOf(InvalidSelectorException.class);
        Session trusting = clients.connect("jms.validateSelector=false").createSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> trusting.createConsumer(queue, selector))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("column");
        Texts.send(trusting, queue, "the session goes on");
        Texts.expect(trusting.createConsumer(queue), "the session goes on");
    }

    private static void sendZoo(Session session, Queue queue) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(animal(session, "cat", 4, 4.5, false, "black", "it's"));
            producer.send(animal(session, "dog", 4, 20.25, false, "brown", "50% wolf"));
            Message cow = animal(session, "cow", 4, 600, true, "red", "50 litres");
            cow.setStringProperty("JMSXGroupID", "herd");
            producer.send(cow, DeliveryMode.PERSISTENT, 9, 0);
            Message hen = animal(session, "hen", 2, 2, true, "white", null);
            hen.setJMSType("bird");
            producer.send(hen, DeliveryMode.NON_PERSISTENT, 4, 0);
            Message eel = animal(session, "eel", 0, 1, false, null, null);
            eel.setStringProperty("$tag_1", "x");
            eel.setJMSCorrelationID("c-eel");
            producer.send(eel);
        }
    }

    private static Message animal(
            Session session, String name, int legs, double weight, boolean farm, String colour, String note)
            throws JMSException {
        Message message = session.createTextMessage(name);
        message.setIntProperty("legs", legs);
        message.setDoubleProperty("weight", weight);
        message.setBooleanProperty("farm", farm);
        if (colour != null) {
            message.setStringProperty("colour", colour);
        }
        if (note != null) {
            message.setStringProperty("note", note);
        }
        return message;
    }
}
