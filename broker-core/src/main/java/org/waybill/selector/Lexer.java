package org.waybill.selector;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Token.Kind;

/**
 * Cuts a selector into tokens, one at a time.
 *
 * <p>Words follow Java's rules, as the specification asks: identifiers, white space, and number literals, which
 * {@link Numerals} reads. What filters have besides is in {@link Dialect}.
 */
final class Lexer {
    private final String text;
    private final Dialect dialect;
    private int at;

    Lexer(String text, Dialect dialect) {
        this.text = text;
        this.dialect = dialect;
    }

    /** The next token; after the last one, END as often as asked. */
    Token next() {
        while (at < text.length() && isWhiteSpace(text.charAt(at))) {
            at++;
        }
        int start = at;
        if (start == text.length()) {
            return new Token(Kind.END, "", start + 1);
        }
        int first = text.codePointAt(start);
        if (Character.isJavaIdentifierStart(first)) {
            return word(start);
        }
        if (isDigit(start) || (first == '.' && isDigit(start + 1))) {
            return dialect == Dialect.FILTER && isHexadecimal(start) ? binary(start) : number(start);
        }
        if (first == '\'' || (first == '"' && dialect == Dialect.FILTER)) {
            return new Token(
                    Kind.STRING,
                    quoted(start, (char) first, "the string that begins here has no closing quote"),
                    start + 1);
        }
        if (first == '[' && dialect == Dialect.FILTER) {
            return new Token(
                    Kind.DELIMITED, quoted(start, ']', "the name that begins here has no closing ]"), start + 1);
        }
        return symbol(start, first);
    }

    private static boolean isWhiteSpace(char c) {
        return c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r';
    }

    private boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    private Token word(int start) {
        String known = dialect == Dialect.FILTER ? hyphenated(start) : null;
        if (known != null) {
            at += known.length();
            return new Token(Kind.IDENTIFIER, known, start + 1);
        }
        while (at < text.length() && Character.isJavaIdentifierPart(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        String word = text.substring(start, at);
        if (dialect == Dialect.FILTER && (word.equals("INF") || word.equals("NAN"))) {
            return new Token(Kind.NUMBER, word, start + 1);
        }
        return new Token(kindOf(word), word, start + 1);
    }

    /** The name of a section or field that is written with its hyphens, which no other name has. */
    private @Nullable String hyphenated(int start) {
        boolean isField = start > 0 && text.charAt(start - 1) == '.';
        for (String name : isField ? FieldNames.HYPHENATED_FIELDS : FieldNames.HYPHENATED_SECTIONS) {
            int end = start + name.length();
            char next = end < text.length() ? text.charAt(end) : ' ';
            if (text.startsWith(name, start) && (isField ? !Character.isJavaIdentifierPart(next) : next == '.')) {
                return name;
            }
        }
        return null;
    }

    private static Kind kindOf(String word) {
        // Folding is only for ASCII: it would make reserved words of identifiers with a long s or a dotless i.
        if (word.length() > "BETWEEN".length() || !word.chars().allMatch(c -> c < 128)) {
            return Kind.IDENTIFIER;
        }
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "AND" -> Kind.AND;
            case "OR" -> Kind.OR;
            case "NOT" -> Kind.NOT;
            case "BETWEEN" -> Kind.BETWEEN;
            case "IN" -> Kind.IN;
            case "LIKE" -> Kind.LIKE;
            case "ESCAPE" -> Kind.ESCAPE;
            case "IS" -> Kind.IS;
            case "NULL" -> Kind.NULL;
            case "TRUE" -> Kind.TRUE;
            case "FALSE" -> Kind.FALSE;
            default -> Kind.IDENTIFIER;
        };
    }

    /** Takes everything that could belong to a number, so that {@code 1abc} is one bad number and not two words. */
    private Token number(int start) {
        boolean isHexadecimal = isHexadecimal(start);
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (Character.isJavaIdentifierPart(c) || c == '.') {
                at += Character.charCount(c);
            } else if ((c == '+' || c == '-') && isExponentMark(text.charAt(at - 1), isHexadecimal)) {
                at++;
            } else {
                break;
            }
        }
        return new Token(Kind.NUMBER, text.substring(start, at), start + 1);
    }

    private static boolean isExponentMark(char c, boolean isHexadecimal) {
        return isHexadecimal ? c == 'p' || c == 'P' : c == 'e' || c == 'E';
    }

    private boolean isHexadecimal(int start) {
        return text.startsWith("0x", start) || text.startsWith("0X", start);
    }

    private Token binary(int start) {
        at = start + 2;
        while (at < text.length() && Character.isJavaIdentifierPart(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return new Token(Kind.BINARY, text.substring(start, at), start + 1);
    }

    /** The content up to the closing character, which stands doubled where it is part of the content. */
    private String quoted(int start, char close, String problem) {
        StringBuilder content = new StringBuilder();
        int from = start + 1;
        while (true) {
            int end = text.indexOf(close, from);
            if (end < 0) {
                throw new SelectorError(start + 1, problem);
            }
            content.append(text, from, end);
            at = end + 1;
            if (at == text.length() || text.charAt(at) != close) {
                return content.toString();
            }
            content.append(close);
            from = at + 1;
        }
    }

    private Token symbol(int start, int first) {
        char second = start + 1 < text.length() ? text.charAt(start + 1) : ' ';
        if (dialect == Dialect.FILTER && first == '!' && second == '=') {
            at += 2;
            return new Token(Kind.NOT_EQUAL, "!=", start + 1);
        }
        Kind kind =
                switch (first) {
                    case '=' -> Kind.EQUAL;
                    case '<' -> second == '>' ? Kind.NOT_EQUAL : second == '=' ? Kind.LESS_OR_EQUAL : Kind.LESS;
                    case '>' -> second == '=' ? Kind.GREATER_OR_EQUAL : Kind.GREATER;
                    case '+' -> Kind.PLUS;
                    case '-' -> Kind.MINUS;
                    case '*' -> Kind.STAR;
                    case '/' -> Kind.SLASH;
                    case '(' -> Kind.OPEN;
                    case ')' -> Kind.CLOSE;
                    case ',' -> Kind.COMMA;
                    case '%' -> forFilters(Kind.PERCENT, start, first);
                    case '.' -> forFilters(Kind.DOT, start, first);
                    case '!' -> throw new SelectorError(start + 1, "'!' is no operator; unequal is <>");
                    case '"' -> throw new SelectorError(start + 1, "strings stand in single quotes");
                    default -> throw unexpected(start, first);
                };
        at += kind == Kind.NOT_EQUAL || kind == Kind.LESS_OR_EQUAL || kind == Kind.GREATER_OR_EQUAL ? 2 : 1;
        return new Token(kind, text.substring(start, at), start + 1);
    }

    private Kind forFilters(Kind kind, int start, int character) {
        if (dialect == Dialect.SELECTOR) {
            throw unexpected(start, character);
        }
        return kind;
    }

    private static SelectorError unexpected(int start, int character) {
        return new SelectorError(start + 1, "unexpected character " + Token.printable(Character.toString(character)));
    }
}
