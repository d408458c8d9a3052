package org.waybill.jms.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to receive, and how.
 *
 * @param address where from; null for a temporary node that the server makes and names ({@link ClientReceiver#address})
 * @param linkName the link's name, which names a subscription; null for one that no other link of this container has
 * @param creditWindow messages the server may send ahead of {@link ClientReceiver#receive}; 0 for none but what {@link
 *     ClientReceiver#grantCredit} asks for
 * @param capabilities the source's: {@code queue}, {@code topic}, {@code temporary-queue}, {@code temporary-topic}, {@code shared},
 *     {@code global}
 * @param durable whether the server keeps the subscription, with what comes for it, until {@link ClientSession#unsubscribe}
 * @param browsing whether to get copies and leave the messages where they are
 * @param selector a JMS message selector, or null for everything
 * @param noLocal whether to leave out what came over the same connection
 */
public record ReceiverOptions(
        @Nullable String address,
        @Nullable String linkName,
        int creditWindow,
        List<String> capabilities,
        boolean durable,
        boolean browsing,
        @Nullable String selector,
        boolean noLocal) {
    /** The credit window where none is given. */
    public static final int DEFAULT_CREDIT_WINDOW = 100;

    /** Checks the ranges, copies the list. */
    public ReceiverOptions {
        if (creditWindow < 0) {
            throw new IllegalArgumentException("creditWindow is negative");
        }
        capabilities = List.copyOf(capabilities);
    }

    /** Consumes from this address. */
    public static ReceiverOptions from(String address) {
        return new ReceiverOptions(address, null, DEFAULT_CREDIT_WINDOW, List.of(), false, false, null, false);
    }

    /** Consumes from a temporary queue made for it. */
    public static ReceiverOptions dynamic() {
        return new ReceiverOptions(
                null, null, DEFAULT_CREDIT_WINDOW, List.of("temporary-queue"), false, false, null, false);
    }

    /** Under this link name. */
    public ReceiverOptions withLinkName(String name) {
        return new ReceiverOptions(address, name, creditWindow, capabilities, durable, browsing, selector, noLocal);
    }

    /** With this credit window. */
    public ReceiverOptions withCreditWindow(int messages) {
        return new ReceiverOptions(address, linkName, messages, capabilities, durable, browsing, selector, noLocal);
    }

    /** With these capabilities of the source. */
    public ReceiverOptions withCapabilities(List<String> names) {
        return new ReceiverOptions(address, linkName, creditWindow, names, durable, browsing, selector, noLocal);
    }

    /** As a subscription that outlives the link. */
    public ReceiverOptions withDurable() {
        return new ReceiverOptions(address, linkName, creditWindow, capabilities, true, browsing, selector, noLocal);
    }

    /** Looking without taking. */
    public ReceiverOptions withBrowsing() {
        return new ReceiverOptions(address, linkName, creditWindow, capabilities, durable, true, selector, noLocal);
    }

    /** Only what this JMS message selector lets through. */
    public ReceiverOptions withSelector(@Nullable String expression) {
        return new ReceiverOptions(
                address, linkName, creditWindow, capabilities, durable, browsing, expression, noLocal);
    }

    /** Without what this connection itself sends. */
    public ReceiverOptions withNoLocal() {
        return new ReceiverOptions(address, linkName, creditWindow, capabilities, durable, browsing, selector, true);
    }
}
