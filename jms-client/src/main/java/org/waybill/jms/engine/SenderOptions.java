package org.waybill.jms.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where to send, and how.
 *
 * @param address where to; null for the anonymous relay, which sends each message where its {@code to} property says, or for a
 *     dynamic node
 * @param dynamic whether the server makes and names a node ({@link ClientSender#address}) that goes when the sender is closed
 * @param linkName the link's name, or null for one that no other link of this container has
 * @param capabilities the target's: {@code queue}, {@code topic}, {@code temporary-queue}, {@code temporary-topic}
 * @param desiredCapabilities what the link would like to be offered ({@link ClientSender#offered}), {@code DELAYED_DELIVERY} for
 *     example
 * @param sendTimeoutMs how long a send waits for room and for its outcome; 0 for as long as the connection waits for any answer
 */
public record SenderOptions(
        @Nullable String address,
        boolean dynamic,
        @Nullable String linkName,
        List<String> capabilities,
        List<String> desiredCapabilities,
        long sendTimeoutMs) {
    /** Checks what goes together, copies the lists. */
    public SenderOptions {
        if (dynamic && address != null) {
            throw new IllegalArgumentException("a dynamic node is named by the server");
        }
        capabilities = List.copyOf(capabilities);
        desiredCapabilities = List.copyOf(desiredCapabilities);
    }

    /** To this address, or to the anonymous relay. */
    public static SenderOptions to(@Nullable String address) {
        return new SenderOptions(address, false, null, List.of(), List.of(), 0);
    }

    /** To a node that is made for it, of this capability. */
    public static SenderOptions dynamic(String capability) {
        return new SenderOptions(null, true, null, List.of(capability), List.of(), 0);
    }

    /** Under this link name. */
    public SenderOptions withLinkName(String name) {
        return new SenderOptions(address, dynamic, name, capabilities, desiredCapabilities, sendTimeoutMs);
    }

    /** With these capabilities of the target. */
    public SenderOptions withCapabilities(List<String> names) {
        return new SenderOptions(address, dynamic, linkName, names, desiredCapabilities, sendTimeoutMs);
    }

    /** Desiring these capabilities of the link. */
    public SenderOptions withDesiredCapabilities(List<String> names) {
        return new SenderOptions(address, dynamic, linkName, capabilities, names, sendTimeoutMs);
    }

    /** Waiting for so long with a send. */
    public SenderOptions withSendTimeoutMs(long limitMs) {
        return new SenderOptions(address, dynamic, linkName, capabilities, desiredCapabilities, limitMs);
    }
}
