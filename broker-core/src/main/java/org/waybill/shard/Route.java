package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.queue.MessageProperties;
import org.waybill.selector.PropertySource;

/** Which subscriptions take what is sent to one topic. */
final class Route {
    /** Every subscription that takes anything from it. */
    final List<Node> all;

    private final List<Node> unconditional = new ArrayList<>();
    private final List<Node> conditional = new ArrayList<>();

    Route(List<Node> subscriptions) {
        all = List.copyOf(subscriptions);
        for (Node node : all) {
            (Invariant.present(node.subscription).takesAll() ? unconditional : conditional).add(node);
        }
    }

    /**
     * Adds the subscriptions that take a message.
     *
     * @param from the container id of the connection that sends it
     */
    void match(Message message, String from, List<Node> into) {
        for (int i = 0; i < unconditional.size(); i++) {
            into.add(unconditional.get(i));
        }
        if (conditional.isEmpty()) {
            return;
        }
        PropertySource properties = new MessageProperties(message, 0);
        for (int i = 0; i < conditional.size(); i++) {
            Node node = conditional.get(i);
            if (Invariant.present(node.subscription).takes(properties, from)) {
                into.add(node);
            }
        }
    }
}
