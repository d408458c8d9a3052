package org.waybill.systemtests.durability;

import java.util.Random;

/**
 * The identity of a test message and the body that belongs to it, so that a receiver can tell a damaged body from a good one.
 *
 * @param producer who sent it
 * @param sequence its place among that producer's messages
 */
record Numbered(String producer, long sequence) {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    /** The text of the message: its identity, a colon, and up to {@code maxPadding} characters that follow from the identity. */
    String text(int maxPadding) {
        Random random = new Random(producer.hashCode() * 31L + sequence);
        int length = random.nextInt(maxPadding + 1);
        StringBuilder text = new StringBuilder(length + 32);
        text.append(producer)
                .append(' ')
                .append(sequence)
                .append(' ')
                .append(maxPadding)
                .append(':');
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** Reads it back from a message's text; fails if the text is not exactly what was sent. */
    static Numbered of(String text) {
        String[] words = text.substring(0, text.indexOf(':')).split(" ", -1);
        Numbered numbered = new Numbered(words[0], Long.parseLong(words[1]));
        if (!numbered.text(Integer.parseInt(words[2])).equals(text)) {
            throw new AssertionError("the body of " + numbered + " is damaged: " + text);
        }
        return numbered;
    }
}
