package org.waybill.selector;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A function of a filter expression; NULL unless its arguments are what it takes. */
record Function(Kind kind, List<Expression> arguments) implements Expression {
    enum Kind {
        LOWER(ValueType.STRING, ValueType.STRING),
        UPPER(ValueType.STRING, ValueType.STRING),
        /** The first characters of a string, as many as said. */
        LEFT(ValueType.STRING, ValueType.STRING, ValueType.NUMBER),
        /** The last characters of a string, as many as said. */
        RIGHT(ValueType.STRING, ValueType.STRING, ValueType.NUMBER),
        /** The characters of a string from a place on, the first being 1, as many as said. */
        SUBSTRING(ValueType.STRING, ValueType.STRING, ValueType.NUMBER, ValueType.NUMBER),
        /** The current time in epoch milliseconds. */
        UTC(ValueType.NUMBER),
        /** The time in epoch milliseconds of a date or date and time in ISO 8601; without an offset it is UTC. */
        DATE(ValueType.NUMBER, ValueType.STRING),
        /** The UUID with that text. Not of the specification: its constants have no form for a UUID. */
        UUID(ValueType.ANY, ValueType.STRING);

        private final ValueType result;

        @SuppressWarnings("ImmutableEnumChecker") // it is, being made by List.of
        private final List<ValueType> parameters;

        Kind(ValueType result, ValueType... parameters) {
            this.result = result;
            this.parameters = List.of(parameters);
        }

        List<ValueType> parameters() {
            return parameters;
        }

        /** The function of a name in any case, or null. */
        static @Nullable Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.name().equalsIgnoreCase(name)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern(
            "yyyy-MM-dd['T'HH:mm[:ss[.SSSSSSSSS][.SSSSSS][.SSS][.SS][.S]][XXX][X]]", Locale.ROOT);

    @Override
    public ValueType type() {
        return kind.result;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        if (kind == Kind.UTC) {
            return source.nowMs();
        }
        if (!(arguments.get(0).value(source) instanceof String text)) {
            return null;
        }
        return switch (kind) {
            case LOWER -> text.toLowerCase(Locale.ROOT);
            case UPPER -> text.toUpperCase(Locale.ROOT);
            case DATE -> dateMs(text);
            case UUID -> uuid(text);
            default -> part(text, source);
        };
    }

    private @Nullable String part(String text, PropertySource source) {
        int characters = text.codePointCount(0, text.length());
        int second = number(1, source);
        if (second < 0) {
            return null;
        }
        if (kind == Kind.LEFT) {
            return between(text, 0, Math.min(second, characters));
        }
        if (kind == Kind.RIGHT) {
            return between(text, characters - Math.min(second, characters), characters);
        }
        int third = number(2, source);
        if (third < 0 || second == 0) {
            return null;
        }
        int from = Math.min(second - 1, characters);
        return between(text, from, (int) Math.min((long) from + third, characters));
    }

    /** A whole number of at least 0, with everything beyond an int made the greatest; -1 for all else. */
    private int number(int argument, PropertySource source) {
        return arguments.get(argument).value(source) instanceof Number number
                        && number.doubleValue() == Math.rint(number.doubleValue())
                        && number.doubleValue() >= 0
                ? (int) Math.min(number.doubleValue(), Integer.MAX_VALUE)
                : -1;
    }

    private static String between(String text, int from, int to) {
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    private static @Nullable Long dateMs(String text) {
        try {
            TemporalAccessor date =
                    ISO_8601.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            if (date instanceof OffsetDateTime time) {
                return time.toInstant().toEpochMilli();
            }
            LocalDateTime time = date instanceof LocalDate day ? day.atStartOfDay() : LocalDateTime.from(date);
            return time.toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException | ArithmeticException noDate) {
            return null;
        }
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noUuid) {
            return null;
        }
    }
}
