package org.waybill.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientDelivery;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.MessageCodec;
import org.waybill.jms.engine.ReceiverOptions;

/** Requests to the broker's {@code $management} node (OASIS AMQP Management 1.0), one after the other. */
final class Management {
    static final String QUEUE = "org.waybill.queue";
    static final String TOPIC = "org.waybill.topic";
    static final String SUBSCRIPTION = "org.waybill.subscription";
    static final String CONSUMER = "org.waybill.consumer";
    static final String BRANCH = "org.waybill.branch";
    static final String NODE_OF_CLUSTER = "org.waybill.node";
    static final String SHARD = "org.waybill.shard";
    static final String MESSAGE = "org.waybill.message";

    private static final String NODE = "$management";
    private static final int ANSWER_TIMEOUT_MS = 30_000;
    private static final int PAGE_ROWS = 500;

    private final ClientSender requests;
    private final ClientReceiver answers;
    private final String replyTo;

    /** Answers come from the node itself: a temporary queue would need a shard that somebody leads. */
    Management(ClientConnection connection) {
        ClientSession session = connection.session();
        answers = session.receiver(ReceiverOptions.from(NODE));
        requests = session.sender(NODE);
        replyTo = connection.options().containerId();
    }

    /** Carries out one operation over a connection of its own. */
    static Map<?, ?> once(ConnectionOption connection, String type, String operation, Map<String, Object> arguments) {
        try (ClientConnection open = connection.connect()) {
            return new Management(open).request(type, operation, arguments);
        }
    }

    /**
     * Carries out an operation.
     *
     * @param type what it is about
     * @param arguments what else it takes
     * @return the answer's body
     * @throws CliFailure if the broker refuses
     */
    Map<?, ?> request(String type, String operation, Map<String, Object> arguments) {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put("operation", operation);
        all.put("type", type);
        Message request = Message.Factory.create();
        request.setMessageId(operation);
        request.setReplyTo(replyTo);
        request.setApplicationProperties(new ApplicationProperties(all));
        request.setBody(new AmqpValue(Map.of()));
        requests.send(MessageCodec.encode(request));
        ClientDelivery delivery = answers.receive(ANSWER_TIMEOUT_MS);
        if (delivery == null) {
            throw new CliFailure(ExitCode.TIMEOUT, "The broker did not answer within " + ANSWER_TIMEOUT_MS + " ms.");
        }
        delivery.accept();
        return body(delivery.message());
    }

    /** Queries page after page, until there are no more rows or so many are there. */
    Table query(String type, Map<String, Object> arguments, int most) {
        List<?> columns = List.of();
        List<List<?>> rows = new ArrayList<>();
        boolean isLast = false;
        while (!isLast && rows.size() < most) {
            int wanted = Math.min(PAGE_ROWS, most - rows.size());
            Map<String, Object> page = new LinkedHashMap<>(arguments);
            page.put("offset", rows.size());
            page.put("count", wanted);
            Map<?, ?> body = request(type, "QUERY", page);
            if (!(body.get("attributeNames") instanceof List<?> names)
                    || !(body.get("results") instanceof List<?> results)) {
                throw new CliFailure(ExitCode.FAILED, "The broker's answer is no list.");
            }
            columns = names;
            for (Object row : results) {
                if (row instanceof List<?> values) {
                    rows.add(values);
                }
            }
            isLast = results.size() < wanted;
        }
        return new Table(columns, rows);
    }

    private static Map<?, ?> body(Message answer) {
        Map<String, Object> head = answer.getApplicationProperties().getValue();
        if (!(head.get("statusCode") instanceof Integer status) || status < 200 || status > 299) {
            throw new CliFailure(ExitCode.REFUSED, String.valueOf(head.get("statusDescription")));
        }
        return answer.getBody() instanceof AmqpValue value && value.getValue() instanceof Map<?, ?> map
                ? map
                : Map.of();
    }

    /**
     * What a query found.
     *
     * @param names the columns
     * @param rows a value for each column
     */
    record Table(List<?> names, List<List<?>> rows) {
        /** The value of a column in a row, or nothing. */
        String value(List<?> row, String column) {
            int at = names.indexOf(column);
            return at < 0 || at >= row.size() || row.get(at) == null ? "" : String.valueOf(row.get(at));
        }

        /** Each row as a map, without what does not apply to it. */
        List<Map<String, Object>> entities() {
            List<Map<String, Object>> entities = new ArrayList<>();
            for (List<?> row : rows) {
                Map<String, Object> entity = new LinkedHashMap<>();
                for (int at = 0; at < row.size(); at++) {
                    Object value = row.get(at);
                    if (value != null) {
                        entity.put(String.valueOf(names.get(at)), value);
                    }
                }
                entities.add(entity);
            }
            return entities;
        }
    }
}
