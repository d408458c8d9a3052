package org.waybill.config;

import java.util.List;

/**
 * A pattern over addresses, whose words are separated by dots: {@code *} stands for one word, {@code #} for any number of
 * words, none included, and every other word for itself. {@code orders.*} matches {@code orders.eu} but not {@code orders},
 * {@code orders.#} matches both. Immutable.
 *
 * <p>The natural order puts the more specific of two patterns first: at the first word in which they differ a word comes
 * before {@code *}, and that before {@code #}.
 *
 * @param text the pattern as written
 * @param words its words
 */
public record AddressPattern(String text, List<String> words) implements Comparable<AddressPattern> {
    private static final String ONE = "*";
    private static final String ANY = "#";

    /** Copies the list. */
    public AddressPattern {
        words = List.copyOf(words);
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if a word is empty, or mixes a wildcard with other characters
     */
    public static AddressPattern of(String text) {
        List<String> words = wordsOf(text);
        for (String word : words) {
            boolean wild = word.contains(ONE) || word.contains(ANY);
            if (word.isEmpty() || wild && word.length() > 1) {
                throw new IllegalArgumentException(
                        "a pattern is words with dots between them, each of them a name, * or #: " + text);
            }
        }
        return new AddressPattern(text, words);
    }

    /** Whether an address fits. */
    public boolean matches(String address) {
        return words.equals(List.of(ANY)) || matches(wordsOf(address), 0, 0);
    }

    private boolean matches(List<String> name, int nameAt, int at) {
        if (at == words.size()) {
            return nameAt == name.size();
        }
        String word = words.get(at);
        if (word.equals(ANY)) {
            return matches(name, nameAt, at + 1) || nameAt < name.size() && matches(name, nameAt + 1, at);
        }
        return nameAt < name.size()
                && (word.equals(ONE) || word.equals(name.get(nameAt)))
                && matches(name, nameAt + 1, at + 1);
    }

    @Override
    public int compareTo(AddressPattern other) {
        int common = Math.min(words.size(), other.words.size());
        for (int i = 0; i < common; i++) {
            int byWildness = Integer.compare(wildness(words.get(i)), wildness(other.words.get(i)));
            int byWord = byWildness != 0 ? byWildness : words.get(i).compareTo(other.words.get(i));
            if (byWord != 0) {
                return byWord;
            }
        }
        int byLength = Integer.compare(other.words.size(), words.size());
        boolean longerIsWild = byLength != 0
                && (words.size() > common ? this : other).words.get(common).equals(ANY);
        return longerIsWild ? -byLength : byLength;
    }

    @Override
    public String toString() {
        return text;
    }

    private static int wildness(String word) {
        return word.equals(ANY) ? 2 : word.equals(ONE) ? 1 : 0;
    }

    private static List<String> wordsOf(String text) {
        return List.of(text.split("\\.", -1));
    }
}
