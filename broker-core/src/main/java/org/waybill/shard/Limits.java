package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.Message;
import org.waybill.queue.Queue;

/** Keeps a queue within the limits of its settings: {@code block} and {@code reject} keep new messages out, {@code drop-oldest} old ones. */
final class Limits {
    private Limits() {}

    /** Why a message is not taken, or null. */
    static @Nullable String refusal(Node node, Message message) {
        return rejects(node) && over(node, 1, message.size()) ? full(node) : null;
    }

    /** As {@link #refusal(Node, Message)}, for the last of these messages of so many bytes, none of which is stored yet. */
    static @Nullable String refusal(Node node, long messages, long bytes) {
        return rejects(node) && over(node, messages, bytes)
                ? "queue " + node.queue.name() + " has no room for " + messages + " more messages, " + bytes + " bytes"
                : null;
    }

    /** Whether it takes no message that goes beyond its limits. */
    static boolean rejects(Node node) {
        return node.settings.fullPolicy() == AddressSettings.FullPolicy.REJECT;
    }

    /** Whether a limit is reached. */
    static boolean exceeded(Node node) {
        return over(node, 0, 0) || node.settings.fullPolicy() == AddressSettings.FullPolicy.BLOCK && over(node, 1, 1);
    }

    /** Removes the oldest messages that nobody holds until the queue is within its limits, if that is its policy. */
    static void enforce(Node node) {
        if (node.settings.fullPolicy() == AddressSettings.FullPolicy.DROP_OLDEST) {
            while (over(node, 0, 0) && node.queue.intervention().dropOldest()) {
                // the condition does the work
            }
        }
    }

    /** Why producers get no credit, or null. */
    static @Nullable String blockedBecause(Node node) {
        return node.settings.fullPolicy() == AddressSettings.FullPolicy.BLOCK && over(node, 1, 1) ? full(node) : null;
    }

    /** Whether a queue that was full has enough room again: a tenth of its limits. */
    static boolean relieved(Node node) {
        AddressSettings settings = node.settings;
        return !over(node, settings.maxMessages() / 10, settings.maxBytes() / 10);
    }

    private static boolean over(Node node, long moreMessages, long moreBytes) {
        AddressSettings settings = node.settings;
        Queue queue = node.queue;
        return settings.maxMessages() >= 0 && queue.messages() + moreMessages > settings.maxMessages()
                || settings.maxBytes() >= 0 && queue.bytes() + moreBytes > settings.maxBytes();
    }

    private static String full(Node node) {
        AddressSettings settings = node.settings;
        Queue queue = node.queue;
        return settings.maxMessages() >= 0 && queue.messages() + 1 > settings.maxMessages()
                ? node.title() + " is full: it has " + queue.messages() + " of at most " + settings.maxMessages()
                        + " messages"
                : node.title() + " is full: it has " + queue.bytes() + " of at most " + settings.maxBytes() + " bytes";
    }
}
