package org.waybill.jms.engine;

import org.jspecify.annotations.Nullable;

/**
 * What to receive, and how.
 *
 * @param address where from; null for a temporary queue that the server makes and names ({@link ClientReceiver#address})
 * @param creditWindow messages the server may send ahead of {@link ClientReceiver#receive}; 0 for none but what {@link
 *     ClientReceiver#grantCredit} asks for
 * @param browsing whether to get copies and leave the messages where they are
 * @param selector a JMS message selector, or null for everything
 */
public record ReceiverOptions(@Nullable String address, int creditWindow, boolean browsing, @Nullable String selector) {
    /** The credit window where none is given. */
    public static final int DEFAULT_CREDIT_WINDOW = 100;

    /** Checks the ranges. */
    public ReceiverOptions {
        if (creditWindow < 0) {
            throw new IllegalArgumentException("creditWindow is negative");
        }
    }

    /** Consumes from this address. */
    public static ReceiverOptions from(String address) {
        return new ReceiverOptions(address, DEFAULT_CREDIT_WINDOW, false, null);
    }

    /** Consumes from a temporary queue made for it. */
    public static ReceiverOptions dynamic() {
        return new ReceiverOptions(null, DEFAULT_CREDIT_WINDOW, false, null);
    }

    /** With this credit window. */
    public ReceiverOptions withCreditWindow(int messages) {
        return new ReceiverOptions(address, messages, browsing, selector);
    }

    /** Looking without taking. */
    public ReceiverOptions withBrowsing() {
        return new ReceiverOptions(address, creditWindow, true, selector);
    }

    /** Only what this JMS message selector lets through. */
    public ReceiverOptions withSelector(String expression) {
        return new ReceiverOptions(address, creditWindow, browsing, expression);
    }
}
