package org.waybill.jms.xa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientDelivery;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.MessageCodec;
import org.waybill.jms.engine.ReceiverOptions;

/**
 * Requests to a server's {@code $xa} node over one connection, as many at a time as there are threads. Ends with the connection.
 *
 * <p>Requests name no reply-to: the answers come on the only link that the connection has from the node.
 */
final class XaRequests {
    private static final String NODE = "$xa";

    private final ClientSession session;
    private final ClientSender requests;
    private final ClientReceiver answers;
    private final Map<Object, CompletableFuture<XaReply>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private volatile @Nullable ClientException lost;

    /**
     * Attaches the links.
     *
     * @throws ClientException if the server refuses or does not answer in time
     */
    XaRequests(ClientConnection connection) {
        session = connection.session();
        boolean attached = false;
        try {
            answers = session.receiver(ReceiverOptions.from(NODE));
            requests = session.sender(NODE);
            attached = true;
        } finally {
            if (!attached) {
                session.close();
            }
        }
        answers.onArrival(this::arrived);
        answers.onEnd(this::end);
        requests.onEnd(this::end);
    }

    ClientConnection connection() {
        return session.connection();
    }

    /** Whether its links are gone, so that nothing more can be asked by it. */
    boolean isOver() {
        return lost != null;
    }

    /** Lets go of what is left of it. */
    void close() {
        session.close();
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws ClientException if there is none: it may have been carried out or not
     */
    XaReply ask(String verb, List<?> arguments, long timeoutMs) throws InterruptedException, TimeoutException {
        UnsignedLong id = UnsignedLong.valueOf(lastId.incrementAndGet());
        CompletableFuture<XaReply> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            ClientException over = lost;
            if (over != null) {
                throw over;
            }
            byte[] request = request(id, verb, arguments);
            requests.send(request, 0, request.length, true, null, null, null);
            return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException reason ? reason : new IllegalStateException(e.getCause());
        } finally {
            waiting.remove(id);
        }
    }

    private static byte[] request(UnsignedLong id, String verb, List<?> arguments) {
        Message message = Message.Factory.create();
        message.setMessageId(id);
        message.setApplicationProperties(new ApplicationProperties(Map.of("operation", verb)));
        message.setBody(new AmqpValue(arguments));
        return MessageCodec.encode(message);
    }

    private void arrived() {
        List<ClientDelivery> arrived = new ArrayList<>();
        try {
            answers.receive(arrived, 0);
        } catch (ClientException ended) {
            end(ended);
            return;
        }
        for (ClientDelivery delivery : arrived) {
            if (!delivery.isSettled()) {
                delivery.accept();
            }
            take(delivery);
        }
    }

    private void take(ClientDelivery delivery) {
        CompletableFuture<XaReply> answer = null;
        try {
            Message message = delivery.message();
            Object id = message.getCorrelationId();
            answer = id == null ? null : waiting.remove(id);
            if (answer != null) {
                answer.complete(XaReply.of(message));
            }
        } catch (IllegalArgumentException malformed) {
            if (answer != null) {
                answer.completeExceptionally(malformed);
            }
        }
    }

    private void end(ClientException why) {
        lost = why;
        waiting.values().forEach(answer -> answer.completeExceptionally(why));
    }
}
