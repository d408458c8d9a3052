package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.queue.MessageProperties;
import org.waybill.selector.SelectorIndex;

/** Which subscriptions take what is sent to one topic. */
final class Route {
    /** Every subscription that takes anything from it. */
    final List<Node> all;

    private final List<Node> unconditional = new ArrayList<>();
    private final SelectorIndex<Node> selective = new SelectorIndex<>();

    Route(List<Node> subscriptions) {
        all = List.copyOf(subscriptions);
        for (Node node : all) {
            Subscription subscription = Invariant.present(node.subscription);
            if (subscription.takesAll()) {
                unconditional.add(node);
            } else {
                selective.add(node, subscription.selector());
            }
        }
    }

    /** Shows the subscriptions whose selector a message matches, those with noLocal too, whoever sent it. */
    void match(Message message, long nowMs, Consumer<Node> visitor) {
        for (int i = 0; i < unconditional.size(); i++) {
            visitor.accept(unconditional.get(i));
        }
        if (selective.size() > 0) {
            selective.match(new MessageProperties(message, 0, null, nowMs), visitor);
        }
    }
}
