package org.waybill.jms.uri;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of one kind: those there are, those of Qpid JMS that tune what this client does not have and are passed over, and those
 * of Qpid JMS that would change what an application sees and are refused with the reason.
 *
 * @param <D> the draft that takes the values
 */
final class OptionTable<D> {
    private final Supplier<D> drafts;
    private final Map<String, Option<D>> options;
    private final Set<String> passedOver;
    private final Map<String, String> refused;

    private OptionTable(Builder<D> builder) {
        this.drafts = builder.drafts;
        this.options = Collections.unmodifiableMap(new LinkedHashMap<>(builder.options));
        this.passedOver = Set.copyOf(builder.passedOver);
        this.refused = Map.copyOf(builder.refused);
    }

    /** The options, in the order in which the manual has them. */
    Map<String, Option<D>> options() {
        return options;
    }

    /** Names that are taken and change nothing. */
    Set<String> passedOver() {
        return passedOver;
    }

    /** A draft with these values, and the standard ones for what they leave out. */
    D draft(Map<String, String> values) {
        D draft = drafts.get();
        for (Option<D> option : options.values()) {
            if (option.standard() != null) {
                option.set(draft, option.standard());
            }
        }
        // In the table's order: an option for many things comes before the options for each of them.
        values.keySet().forEach(this::check);
        for (Option<D> option : options.values()) {
            String value = values.get(option.name());
            if (value != null) {
                option.set(draft, value);
            }
        }
        return draft;
    }

    /** Checks an option by itself: that there is it, and that its value is what it must be. */
    void check(String name, String value) {
        check(name);
        Option<D> option = options.get(name);
        if (option != null) {
            option.set(drafts.get(), value);
        }
    }

    private void check(String name) {
        if (options.containsKey(name) || passedOver.contains(name)) {
            return;
        }
        String reason = refusal(name);
        if (reason != null) {
            throw new IllegalArgumentException(
                    "option '" + name + "' of Qpid JMS is not one of this client: " + reason);
        }
        String nearest = Spelling.nearest(name, options.keySet());
        throw new IllegalArgumentException("option '" + name + "' is not known"
                + (nearest == null
                        ? "; docs/jms-client.md lists those there are"
                        : "; did you mean '" + nearest + "'?"));
    }

    private @Nullable String refusal(String name) {
        for (Map.Entry<String, String> entry : refused.entrySet()) {
            String key = entry.getKey();
            if (name.equals(key) || (key.endsWith(".") && name.startsWith(key))) {
                return entry.getValue();
            }
        }
        return null;
    }

    /**
     * Lists the options of a kind.
     *
     * @param <D> the draft that takes the values
     */
    static final class Builder<D> {
        /** About 24 days, which nobody waits for; in the range that sockets take. */
        static final long NO_LIMIT_MS = Integer.MAX_VALUE;

        private final Supplier<D> drafts;
        private final Map<String, Option<D>> options = new LinkedHashMap<>();
        private final List<String> passedOver = new ArrayList<>();
        private final Map<String, String> refused = new LinkedHashMap<>();

        Builder(Supplier<D> drafts) {
            this.drafts = drafts;
        }

        Builder<D> flag(String name, boolean standard, BiConsumer<D, Boolean> setter) {
            return add(name, "true or false", Boolean.toString(standard), (draft, value) -> {
                String folded = value.toLowerCase(Locale.ROOT);
                require(folded.equals("true") || folded.equals("false"));
                setter.accept(draft, folded.equals("true"));
            });
        }

        Builder<D> number(String name, int standard, int least, int most, BiConsumer<D, Integer> setter) {
            return number(name, Integer.toString(standard), least, most, setter);
        }

        /** A number without a standard value. */
        Builder<D> number(String name, int least, int most, BiConsumer<D, Integer> setter) {
            return number(name, null, least, most, setter);
        }

        /** Attempts: -1 for no limit. */
        Builder<D> count(String name, int standard, BiConsumer<D, Integer> setter) {
            String expected = "a whole number from 0, or -1 for no limit";
            return add(name, expected, Integer.toString(standard), (draft, value) -> {
                int number = Integer.parseInt(value);
                require(number >= -1);
                setter.accept(draft, number);
            });
        }

        /** A time that may be 0. */
        Builder<D> delay(String name, long standard, BiConsumer<D, Long> setter) {
            String expected = "a whole number of milliseconds, from 0 to " + NO_LIMIT_MS;
            return add(name, expected, Long.toString(standard), (draft, value) -> {
                long number = Long.parseLong(value);
                require(number >= 0 && number <= NO_LIMIT_MS);
                setter.accept(draft, number);
            });
        }

        /** A time limit: -1 for none. */
        Builder<D> limit(String name, long standard, BiConsumer<D, Long> setter) {
            String expected = "a whole number of milliseconds, from 1 to " + NO_LIMIT_MS + ", or -1 for no limit";
            return add(name, expected, standard == 0 ? null : Long.toString(standard), (draft, value) -> {
                long number = Long.parseLong(value);
                require((number > 0 && number <= NO_LIMIT_MS) || number == -1);
                setter.accept(draft, number == -1 ? NO_LIMIT_MS : number);
            });
        }

        Builder<D> decimal(String name, double standard, double least, double most, BiConsumer<D, Double> setter) {
            String expected = "a number from " + least + " to " + most;
            return add(name, expected, Double.toString(standard), (draft, value) -> {
                double number = Double.parseDouble(value);
                require(number >= least && number <= most);
                setter.accept(draft, number);
            });
        }

        <E extends Enum<E>> Builder<D> choice(
                String name, Class<E> type, @Nullable E standard, BiConsumer<D, E> setter) {
            String expected = "one of "
                    + Stream.of(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
            return add(
                    name,
                    expected,
                    standard == null ? null : standard.name(),
                    (draft, value) -> setter.accept(draft, Enum.valueOf(type, value.toUpperCase(Locale.ROOT))));
        }

        /** Names, separated by commas. */
        Builder<D> names(String name, BiConsumer<D, List<String>> setter) {
            return add(name, "a list of names, separated by commas", null, (draft, value) -> {
                List<String> names =
                        Stream.of(value.split(",", -1)).map(String::trim).toList();
                require(names.stream().noneMatch(String::isEmpty));
                setter.accept(draft, names);
            });
        }

        /** A text that is not empty. */
        Builder<D> text(String name, BiConsumer<D, String> setter) {
            return add(name, "a text that is not empty", null, (draft, value) -> {
                require(!value.isEmpty());
                setter.accept(draft, value);
            });
        }

        /** Any text, the empty one too. */
        Builder<D> free(String name, String standard, BiConsumer<D, String> setter) {
            return add(name, "a text", standard, setter);
        }

        /** A text that nobody may see. */
        Builder<D> secret(String name, BiConsumer<D, String> setter) {
            options.put(name, new Option<>(name, "a text", null, true, setter));
            return this;
        }

        /** Options of Qpid JMS without which everything works the same. */
        Builder<D> passOver(String... names) {
            passedOver.addAll(List.of(names));
            return this;
        }

        /** An option of Qpid JMS, or all whose names begin so if it ends with a dot, that this client has not. */
        Builder<D> refuse(String name, String reason) {
            refused.put(name, reason);
            return this;
        }

        OptionTable<D> build() {
            return new OptionTable<>(this);
        }

        private Builder<D> number(
                String name, @Nullable String standard, int least, int most, BiConsumer<D, Integer> setter) {
            return add(name, "a whole number from " + least + " to " + most, standard, (draft, value) -> {
                int number = Integer.parseInt(value);
                require(number >= least && number <= most);
                setter.accept(draft, number);
            });
        }

        private Builder<D> add(String name, String expected, @Nullable String standard, BiConsumer<D, String> setter) {
            options.put(name, new Option<>(name, expected, standard, false, setter));
            return this;
        }

        private static void require(boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException();
            }
        }
    }
}
