package org.waybill.jms.session;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.message.DeserializationPolicy;
import org.waybill.jms.message.Messages;

@Timeout(60)
class CompletionsTest {
    private final Messages messages = new Messages(DeserializationPolicy.NOTHING, true, InstantSource.system());
    private final Completions completions = new Completions("completions");
    private final List<String> told = new CopyOnWriteArrayList<>();

    private OutgoingSend sent(String name) {
        OutgoingSend send = new OutgoingSend(
                new WaybillQueue("q"), null, null, 0, messages.createMessage(), new CompletionListener() {
                    @Override
                    public void onCompletion(Message message) {
                        told.add(name);
                    }

                    @Override
                    public void onException(Message message, Exception exception) {
                        told.add(name + " failed");
                    }
                });
        completions.expect(send);
        return send;
    }

    @Test
    void tellsInTheOrderOfTheSendsWhateverTheOrderOfTheOutcomes() {
        OutgoingSend first = sent("first");
        OutgoingSend second = sent("second");
        OutgoingSend third = sent("third");
        completions.complete(third, null);
        completions.complete(second, new JMSException("no"));
        completions.flush();
        completions.complete(first, null);
        completions.close(Deadline.in(20_000));
        assertThat(told).containsExactly("first", "second failed", "third");
    }

    @Test
    void doesNotWaitForWhatCouldNotBeSent() {
        OutgoingSend refused = sent("refused");
        OutgoingSend sent = sent("sent");
        completions.forget(refused);
        completions.complete(sent, null);
        completions.close(Deadline.in(20_000));
        assertThat(told).containsExactly("sent");
    }
}
