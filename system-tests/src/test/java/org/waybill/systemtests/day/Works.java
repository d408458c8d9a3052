package org.waybill.systemtests.day;

import java.util.List;

/** The kinds of work by their names. */
final class Works {
    private Works() {}

    /** The work that these words ask for: a kind and its arguments. */
    static Work of(List<String> words) {
        String first = words.get(1);
        return switch (words.get(0)) {
            case "produce" -> new Producing(first, Producing.Style.valueOf(words.get(2)));
            case "publish" -> new Publishing(words.subList(1, words.size()));
            case "consume" -> new Consuming(first, Consuming.Mode.valueOf(words.get(2)));
            case "move" -> new Moving(first, words.get(2));
            case "refuse" -> new Refusing(first);
            case "subscribe" -> new Subscribing(
                    Subscribing.Kind.valueOf(first),
                    words.get(2),
                    words.get(3),
                    words.size() > 4 ? words.get(4) : null);
            case "ask" -> new Asking(first);
            case "answer" -> new Answering(first);
            case "browse" -> new Browsing(first);
            default -> throw new IllegalArgumentException("no kind of work: " + words);
        };
    }
}
