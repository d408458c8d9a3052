package org.waybill.systemtests.day;

import java.util.Random;

/** The text of a message: its id, a blank, and characters that follow from the id, so that a receiver can tell a damaged one. */
final class Body {
    private static final int MAX_PADDING = 1_500;

    private Body() {}

    /** The text that belongs to this id. */
    static String of(String id) {
        Random random = new Random(id.hashCode());
        int length = random.nextInt(MAX_PADDING);
        StringBuilder text =
                new StringBuilder(id.length() + 1 + length).append(id).append(' ');
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** The id that this text begins with. */
    static String id(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** Whether the text is what was sent under its id. */
    static boolean isWhole(String text) {
        return text.equals(of(id(text)));
    }
}
