package org.waybill.selector;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Token.Kind;

/** The meaning of single words that only filters have: names of fields, functions and binary constants. */
final class FilterSyntax {
    private FilterSyntax() {}

    /** Whether a token can stand behind the dot of a field: there even a reserved word is a name. */
    static boolean isName(Token token) {
        return token.is(Kind.IDENTIFIER)
                || token.is(Kind.DELIMITED)
                || (!token.text().isEmpty()
                        && Character.isJavaIdentifierStart(token.text().codePointAt(0))
                        && !token.is(Kind.STRING));
    }

    /**
     * The field that a name means.
     *
     * @param first the section, or without a second token the name of an application property
     */
    static Identifier field(Token first, @Nullable Token name) {
        if (name == null) {
            return new Identifier(Section.APPLICATION_PROPERTIES, first.text());
        }
        Section section = first.is(Kind.IDENTIFIER) ? Section.of(first.text()) : null;
        if (section == null) {
            String known = FieldNames.hyphenated(first.text());
            throw new SelectorError(
                    first.column(),
                    known.equals("delivery-annotations") || known.equals("d")
                            ? "delivery annotations are for the broker alone: nothing can refer to them"
                            : first.shown() + " is no section of a message: there are header, message_annotations,"
                                    + " properties, application_properties and footer");
        }
        return switch (section) {
            case HEADER, PROPERTIES -> new Identifier(section, standardName(section, name));
            default -> new Identifier(section, name.text());
        };
    }

    private static String standardName(Section section, Token name) {
        String hyphenated = FieldNames.hyphenated(name.text());
        boolean isKnown = section == Section.HEADER
                ? FieldNames.HEADER.contains(hyphenated)
                : FieldNames.PROPERTIES.contains(hyphenated);
        if (!isKnown) {
            throw new SelectorError(name.column(), "the section " + section.letter() + " has no field " + name.shown());
        }
        return hyphenated;
    }

    static Function.Kind function(Token name) {
        Function.Kind kind = Function.Kind.of(name.text());
        if (kind == null) {
            throw new SelectorError(name.column(), "there is no function " + name.shown());
        }
        return kind;
    }

    /** A function of constants is a constant; if it has no value, that shows here and not with every message. */
    static Expression folded(Function function, int column) {
        if (function.arguments().isEmpty()
                || !function.arguments().stream().allMatch(argument -> argument instanceof Literal)) {
            return function;
        }
        Object value = function.value(name -> null);
        if (value == null) {
            throw new SelectorError(column, function.kind() + " has no value for these arguments");
        }
        return new Literal(value, function.type());
    }

    static Literal binary(Token token) {
        String digits = token.text().substring(2);
        try {
            return new Literal(ByteBuffer.wrap(HexFormat.of().parseHex(digits)).asReadOnlyBuffer(), ValueType.BINARY);
        } catch (IllegalArgumentException noBytes) {
            throw new SelectorError(token.column(), token.shown() + " is no row of bytes in hexadecimal digits");
        }
    }
}
