package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.IntStream;

/** Text messages, known by what they say. */
final class Texts {
    private static final long WITHIN_MS = 20_000;

    private Texts() {}

    /** The texts {@code prefix + 0} to {@code prefix + (count - 1)}. */
    static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
    }

    static void send(Session session, Destination destination, String... texts) throws JMSException {
        send(session, destination, List.of(texts));
    }

    static void send(Session session, Destination destination, List<String> texts) throws JMSException {
        try (MessageProducer producer = session.createProducer(destination)) {
            for (String text : texts) {
                producer.send(session.createTextMessage(text));
            }
        }
    }

    /** The next message, which must come. */
    static Message next(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(WITHIN_MS);
        assertThat(message).as("the next message").isNotNull();
        return message;
    }

    /** The next texts, which must come. */
    static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            Message message = consumer.receive(WITHIN_MS);
            assertThat(message).as("a message after " + texts).isNotNull();
            texts.add(message.getBody(String.class));
        }
        return texts;
    }

    /** Fails unless these come, in this order, and then nothing. */
    static void expect(MessageConsumer consumer, String... texts) throws JMSException {
        expect(consumer, List.of(texts));
    }

    /** Fails unless these come, in this order, and then nothing. */
    static void expect(MessageConsumer consumer, List<String> texts) throws JMSException {
        assertThat(receive(consumer, texts.size())).isEqualTo(texts);
        expectNothing(consumer);
    }

    /** Fails unless the broker says that it has nothing for this consumer. */
    static void expectNothing(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receiveNoWait();
        assertThat(message == null ? null : message.getBody(String.class))
                .as("a message that should not be there")
                .isNull();
    }

    /** All that there is for this consumer at the moment. */
    static List<String> rest(MessageConsumer consumer) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
            texts.add(message.getBody(String.class));
        }
        return texts;
    }

    /** What a browser shows from its first message to its end. */
    static List<String> browse(QueueBrowser browser) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Enumeration<?> messages = browser.getEnumeration(); messages.hasMoreElements(); ) {
            texts.add(((Message) messages.nextElement()).getBody(String.class));
        }
        return texts;
    }
}
