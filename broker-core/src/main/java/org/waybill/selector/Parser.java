package org.waybill.selector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Token.Kind;

/**
 * Parses one selector by recursive descent, one method for each level of precedence.
 *
 * <pre>
 * or        = and { OR and }
 * and       = not { AND not }
 * not       = { NOT } predicate
 * predicate = sum [ comparison sum
 *                 | [NOT] BETWEEN sum AND sum
 *                 | [NOT] IN ( string { , string } )
 *                 | [NOT] LIKE string [ESCAPE string]
 *                 | IS [NOT] NULL ]
 * sum       = product { (+|-) product }
 * product   = signed { (*|/) signed }
 * signed    = { +|- } primary
 * primary   = literal | identifier | ( or )
 * </pre>
 *
 * <p>Only parentheses recurse, so their bound bounds the stack, here and in evaluation. What an operator takes is
 * checked when its node is made, and reported where the wrong operand begins.
 */
final class Parser {
    private static final Set<String> HEADER_FIELDS =
            Set.of("JMSDeliveryMode", "JMSPriority", "JMSMessageID", "JMSTimestamp", "JMSCorrelationID", "JMSType");

    private final Lexer lexer;
    private final Set<String> identifiers = new LinkedHashSet<>();
    private Token token;
    private int depth;
    private int patternChars;

    Parser(String text) {
        if (text.length() > Selector.MAX_LENGTH_CHARS) {
            throw new SelectorError(
                    Selector.MAX_LENGTH_CHARS + 1,
                    "the selector is longer than " + Selector.MAX_LENGTH_CHARS + " characters");
        }
        this.lexer = new Lexer(text);
        this.token = lexer.next();
    }

    Condition parse() {
        if (token.is(Kind.END)) {
            return new Condition.Claim(new Literal(true, ValueType.BOOLEAN));
        }
        int column = token.column();
        Expression expression = or();
        if (!token.is(Kind.END)) {
            throw unexpected("an operator or the end");
        }
        return condition(expression, column);
    }

    /** The names met so far. */
    Set<String> identifiers() {
        return Collections.unmodifiableSet(identifiers);
    }

    private Expression or() {
        int column = token.column();
        Expression expression = and();
        if (!token.is(Kind.OR)) {
            return expression;
        }
        List<Condition> parts = new ArrayList<>();
        parts.add(condition(expression, column));
        while (accept(Kind.OR)) {
            column = token.column();
            parts.add(condition(and(), column));
        }
        return new Condition.Or(List.copyOf(parts));
    }

    private Expression and() {
        int column = token.column();
        Expression expression = not();
        if (!token.is(Kind.AND)) {
            return expression;
        }
        List<Condition> parts = new ArrayList<>();
        parts.add(condition(expression, column));
        while (accept(Kind.AND)) {
            column = token.column();
            parts.add(condition(not(), column));
        }
        return new Condition.And(List.copyOf(parts));
    }

    private Expression not() {
        if (!token.is(Kind.NOT)) {
            return predicate();
        }
        boolean isNegated = false;
        while (accept(Kind.NOT)) {
            isNegated = !isNegated;
        }
        int column = token.column();
        Condition condition = condition(predicate(), column);
        return isNegated ? new Condition.Not(condition) : condition;
    }

    private Expression predicate() {
        int column = token.column();
        Expression operand = sum();
        Comparison.@Nullable Operator comparison = comparisonOperator(token.kind());
        if (comparison != null) {
            return comparison(operand, column, comparison);
        }
        if (accept(Kind.IS)) {
            boolean isNegated = accept(Kind.NOT);
            expect(Kind.NULL, "NULL");
            return new Condition.IsNull(property(operand, column, "IS NULL"), isNegated);
        }
        boolean isNegated = accept(Kind.NOT);
        if (accept(Kind.BETWEEN)) {
            return between(operand, column, isNegated);
        }
        if (accept(Kind.IN)) {
            return new Condition.In(property(operand, column, "IN"), strings(), isNegated);
        }
        if (accept(Kind.LIKE)) {
            return new Condition.Like(property(operand, column, "LIKE"), pattern(), isNegated);
        }
        if (isNegated) {
            throw unexpected("BETWEEN, IN or LIKE");
        }
        return operand;
    }

    private static Comparison.@Nullable Operator comparisonOperator(Kind kind) {
        return switch (kind) {
            case EQUAL -> Comparison.Operator.EQUAL;
            case NOT_EQUAL -> Comparison.Operator.NOT_EQUAL;
            case LESS -> Comparison.Operator.LESS;
            case LESS_OR_EQUAL -> Comparison.Operator.LESS_OR_EQUAL;
            case GREATER -> Comparison.Operator.GREATER;
            case GREATER_OR_EQUAL -> Comparison.Operator.GREATER_OR_EQUAL;
            default -> null;
        };
    }

    private Condition comparison(Expression left, int leftColumn, Comparison.Operator operator) {
        String shown = token.text();
        advance();
        int rightColumn = token.column();
        Expression right = sum();
        if (operator.isOrdering()) {
            requireNumber(left, leftColumn, shown);
            requireNumber(right, rightColumn, shown);
        }
        return new Comparison(left, operator, right);
    }

    private Condition between(Expression operand, int column, boolean isNegated) {
        requireNumber(operand, column, "BETWEEN");
        Expression low = number(this::sum, "BETWEEN");
        expect(Kind.AND, "AND");
        return new Condition.Between(operand, low, number(this::sum, "BETWEEN"), isNegated);
    }

    private Set<String> strings() {
        Set<String> strings = new HashSet<>();
        expect(Kind.OPEN, "(");
        do {
            strings.add(expect(Kind.STRING, "a string").text());
        } while (accept(Kind.COMMA));
        expect(Kind.CLOSE, ", or )");
        return Set.copyOf(strings);
    }

    private LikePattern pattern() {
        Token pattern = expect(Kind.STRING, "a string");
        patternChars += pattern.text().length();
        if (patternChars > Selector.MAX_PATTERN_CHARS) {
            throw new SelectorError(
                    pattern.column(),
                    "with this one the LIKE patterns are longer than " + Selector.MAX_PATTERN_CHARS
                            + " characters together");
        }
        Token escape = accept(Kind.ESCAPE) ? expect(Kind.STRING, "a string") : null;
        return LikePattern.compile(pattern, escape);
    }

    private Expression sum() {
        return row(this::product, Kind.PLUS, Kind.MINUS);
    }

    private Expression product() {
        return row(this::signed, Kind.STAR, Kind.SLASH);
    }

    private Expression row(Supplier<Expression> operand, Kind one, Kind other) {
        int column = token.column();
        Expression first = operand.get();
        if (!token.is(one) && !token.is(other)) {
            return first;
        }
        requireNumber(first, column, token.text());
        List<Arithmetic.Step> steps = new ArrayList<>();
        while (token.is(one) || token.is(other)) {
            Token operator = token;
            advance();
            steps.add(new Arithmetic.Step(arithmeticOperator(operator.kind()), number(operand, operator.text())));
        }
        return new Arithmetic(first, List.copyOf(steps));
    }

    private static Arithmetic.Operator arithmeticOperator(Kind kind) {
        return switch (kind) {
            case PLUS -> Arithmetic.Operator.ADD;
            case MINUS -> Arithmetic.Operator.SUBTRACT;
            case STAR -> Arithmetic.Operator.MULTIPLY;
            default -> Arithmetic.Operator.DIVIDE;
        };
    }

    private Expression signed() {
        if (!token.is(Kind.PLUS) && !token.is(Kind.MINUS)) {
            return token.is(Kind.NUMBER) ? numberLiteral(false) : primary();
        }
        boolean isNegative = false;
        Token sign = token;
        while (token.is(Kind.PLUS) || token.is(Kind.MINUS)) {
            sign = token;
            isNegative ^= token.is(Kind.MINUS);
            advance();
        }
        if (token.is(Kind.NUMBER)) {
            boolean isNextNegative = sign.is(Kind.MINUS);
            Literal literal = numberLiteral(isNextNegative);
            return isNegative == isNextNegative ? literal : new Sign(literal, true);
        }
        return new Sign(number(this::primary, sign.text()), isNegative);
    }

    /** A number literal together with the sign before it, without which the smallest long could not be written. */
    private Literal numberLiteral(boolean isNegative) {
        Number value = Numerals.read(token, isNegative);
        advance();
        return new Literal(value, ValueType.NUMBER);
    }

    private Expression primary() {
        Token first = token;
        switch (first.kind()) {
            case STRING -> {
                advance();
                return new Literal(first.text(), ValueType.STRING);
            }
            case TRUE, FALSE -> {
                advance();
                return new Literal(first.is(Kind.TRUE), ValueType.BOOLEAN);
            }
            case IDENTIFIER -> {
                advance();
                return identifier(first);
            }
            case OPEN -> {
                return parenthesized();
            }
            case NULL -> throw new SelectorError(first.column(), "NULL is no value; ask for it with IS NULL");
            default -> throw unexpected("a name, a literal or (");
        }
    }

    private Expression parenthesized() {
        if (depth == Selector.MAX_DEPTH) {
            throw new SelectorError(token.column(), "parentheses are nested deeper than " + Selector.MAX_DEPTH);
        }
        depth++;
        advance();
        Expression expression = or();
        expect(Kind.CLOSE, ")");
        depth--;
        return expression;
    }

    private Identifier identifier(Token name) {
        String text = name.text();
        // All other names that begin with JMS are header fields that no selector may use, or can never be set.
        if (text.startsWith("JMS")
                && !text.startsWith("JMSX")
                && !text.startsWith("JMS_")
                && !HEADER_FIELDS.contains(text)) {
            throw new SelectorError(name.column(), "a selector cannot refer to " + name.shown());
        }
        identifiers.add(text);
        return new Identifier(text);
    }

    private static Identifier property(Expression operand, int column, String operator) {
        if (operand instanceof Identifier identifier) {
            return identifier;
        }
        throw new SelectorError(column, operator + " takes the name of a property, but this is another expression");
    }

    private static Condition condition(Expression expression, int column) {
        if (expression instanceof Condition condition) {
            return condition;
        }
        if (!expression.type().mayBe(ValueType.BOOLEAN)) {
            throw new SelectorError(
                    column,
                    "a condition must stand here, but this is "
                            + expression.type().shown());
        }
        return new Condition.Claim(expression);
    }

    private Expression number(Supplier<Expression> operand, String operator) {
        int column = token.column();
        Expression expression = operand.get();
        requireNumber(expression, column, operator);
        return expression;
    }

    private static void requireNumber(Expression operand, int column, String operator) {
        if (!operand.type().mayBe(ValueType.NUMBER)) {
            throw new SelectorError(
                    column,
                    operator + " takes numbers, but this is " + operand.type().shown());
        }
    }

    private boolean accept(Kind kind) {
        if (!token.is(kind)) {
            return false;
        }
        advance();
        return true;
    }

    private Token expect(Kind kind, String expected) {
        Token met = token;
        if (!accept(kind)) {
            throw unexpected(expected);
        }
        return met;
    }

    private void advance() {
        token = lexer.next();
    }

    private SelectorError unexpected(String expected) {
        return new SelectorError(token.column(), "expected " + expected + " but found " + token.shown());
    }
}
