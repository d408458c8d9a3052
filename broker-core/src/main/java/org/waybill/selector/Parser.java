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
 * Parses one selector or filter by recursive descent, one method for each level of precedence.
 *
 * <pre>
 * or        = and { OR and }
 * and       = not { AND not }
 * not       = { NOT } predicate
 * predicate = sum [ comparison sum
 *                 | [NOT] BETWEEN sum AND sum
 *                 | [NOT] IN ( string { , string } )         in a filter: ( sum { , sum } )
 *                 | [NOT] LIKE string [ESCAPE string]
 *                 | IS [NOT] NULL ]
 * sum       = product { (+|-) product }
 * product   = signed { (*|/) signed }                        in a filter: also %
 * signed    = { +|- } primary
 * primary   = literal | identifier | ( or )                  in a filter: also function | EXISTS ( identifier )
 * function  = name ( [ sum { , sum } ] )
 * </pre>
 *
 * <p>Only parentheses recurse, so their bound bounds the stack, here and in evaluation. What an operator takes is
 * checked when its node is made, and reported where the wrong operand begins.
 */
final class Parser {
    private static final Set<String> HEADER_FIELDS =
            Set.of("JMSDeliveryMode", "JMSPriority", "JMSMessageID", "JMSTimestamp", "JMSCorrelationID", "JMSType");

    private final Lexer lexer;
    private final Dialect dialect;
    private final Set<String> identifiers = new LinkedHashSet<>();
    private Token token;
    private int depth;
    private int patternChars;

    Parser(String text, Dialect dialect) {
        if (text.length() > Selector.MAX_LENGTH_CHARS) {
            throw new SelectorError(
                    Selector.MAX_LENGTH_CHARS + 1,
                    "the selector is longer than " + Selector.MAX_LENGTH_CHARS + " characters");
        }
        this.dialect = dialect;
        this.lexer = new Lexer(text, dialect);
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
            return new Condition.IsNull(operand(operand, column, "IS NULL"), isNegated);
        }
        boolean isNegated = accept(Kind.NOT);
        if (accept(Kind.BETWEEN)) {
            return between(operand, column, isNegated);
        }
        if (accept(Kind.IN)) {
            return in(operand(operand, column, "IN"), isNegated);
        }
        if (accept(Kind.LIKE)) {
            return new Condition.Like(operand(operand, column, "LIKE"), pattern(), isNegated);
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
        boolean ordersStrings = dialect == Dialect.FILTER;
        if (operator.isOrdering() && !ordersStrings) {
            requireNumber(left, leftColumn, shown);
            requireNumber(right, rightColumn, shown);
        }
        return new Comparison(left, operator, right, ordersStrings);
    }

    private Condition between(Expression operand, int column, boolean isNegated) {
        requireNumber(operand, column, "BETWEEN");
        Expression low = number(this::sum, "BETWEEN");
        expect(Kind.AND, "AND");
        return new Condition.Between(operand, low, number(this::sum, "BETWEEN"), isNegated);
    }

    private Condition in(Expression operand, boolean isNegated) {
        List<Expression> members = new ArrayList<>();
        expect(Kind.OPEN, "(");
        do {
            members.add(dialect == Dialect.FILTER ? sum() : string());
        } while (accept(Kind.COMMA));
        expect(Kind.CLOSE, ", or )");
        Set<String> strings = strings(members);
        if (operand instanceof Identifier identifier && !strings.isEmpty()) {
            return new Condition.In(identifier, strings, isNegated);
        }
        List<Condition> equalities = new ArrayList<>();
        members.forEach(member -> equalities.add(new Comparison(operand, Comparison.Operator.EQUAL, member, true)));
        Condition any = new Condition.Or(List.copyOf(equalities));
        return isNegated ? new Condition.Not(any) : any;
    }

    private Literal string() {
        return new Literal(expect(Kind.STRING, "a string").text(), ValueType.STRING);
    }

    /** The members of a list that has nothing but strings; else none. */
    private static Set<String> strings(List<Expression> members) {
        Set<String> strings = new HashSet<>();
        for (Expression member : members) {
            if (!(member instanceof Literal literal) || !(literal.constant() instanceof String string)) {
                return Set.of();
            }
            strings.add(string);
        }
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
        return row(this::product, Set.of(Kind.PLUS, Kind.MINUS));
    }

    private Expression product() {
        return row(this::signed, Set.of(Kind.STAR, Kind.SLASH, Kind.PERCENT));
    }

    private Expression row(Supplier<Expression> operand, Set<Kind> operators) {
        int column = token.column();
        Expression first = operand.get();
        if (!operators.contains(token.kind())) {
            return first;
        }
        boolean joinsStrings = dialect == Dialect.FILTER && token.is(Kind.PLUS);
        if (!joinsStrings) {
            requireNumber(first, column, token.text());
        }
        List<Arithmetic.Step> steps = new ArrayList<>();
        while (operators.contains(token.kind())) {
            Token operator = token;
            advance();
            Expression next = joinsStrings && operator.is(Kind.PLUS) ? operand.get() : number(operand, operator.text());
            steps.add(new Arithmetic.Step(arithmeticOperator(operator.kind()), next));
        }
        return new Arithmetic(first, List.copyOf(steps), joinsStrings);
    }

    private static Arithmetic.Operator arithmeticOperator(Kind kind) {
        return switch (kind) {
            case PLUS -> Arithmetic.Operator.ADD;
            case MINUS -> Arithmetic.Operator.SUBTRACT;
            case STAR -> Arithmetic.Operator.MULTIPLY;
            case PERCENT -> Arithmetic.Operator.REMAINDER;
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
        Number value = Numerals.read(token, isNegative, dialect);
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
            case BINARY -> {
                advance();
                return FilterSyntax.binary(first);
            }
            case IDENTIFIER, DELIMITED -> {
                advance();
                return dialect == Dialect.FILTER ? filterPrimary(first) : identifier(first);
            }
            case OPEN -> {
                return parenthesized();
            }
            case NULL -> throw new SelectorError(first.column(), "NULL is no value; ask for it with IS NULL");
            default -> throw unexpected("a name, a literal or (");
        }
    }

    private Expression parenthesized() {
        enter();
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
        return new Identifier(null, text);
    }

    /** What a word begins in a filter. */
    private Expression filterPrimary(Token first) {
        if (first.is(Kind.IDENTIFIER) && token.is(Kind.OPEN)) {
            return first.text().equalsIgnoreCase("EXISTS") ? exists() : function(first);
        }
        return field(first);
    }

    private Identifier field(Token first) {
        Token name = null;
        if (accept(Kind.DOT)) {
            name = token;
            if (name.is(Kind.END) || !FilterSyntax.isName(name)) {
                throw unexpected("the name of a field");
            }
            advance();
        }
        Identifier field = FilterSyntax.field(first, name);
        identifiers.add(field.shown());
        return field;
    }

    private Condition exists() {
        expect(Kind.OPEN, "(");
        Token name = token;
        if (!name.is(Kind.IDENTIFIER) && !name.is(Kind.DELIMITED)) {
            throw unexpected("the name of a field");
        }
        advance();
        Identifier field = field(name);
        expect(Kind.CLOSE, ")");
        return new Condition.IsNull(field, true);
    }

    private Expression function(Token name) {
        Function.Kind kind = FilterSyntax.function(name);
        enter();
        advance();
        List<Expression> arguments = new ArrayList<>();
        for (ValueType parameter : kind.parameters()) {
            if (!arguments.isEmpty()) {
                expect(Kind.COMMA, ",");
            }
            int column = token.column();
            Expression argument = sum();
            if (!argument.type().mayBe(parameter)) {
                throw new SelectorError(
                        column,
                        kind + " takes here " + parameter.shown() + ", but this is "
                                + argument.type().shown());
            }
            arguments.add(argument);
        }
        expect(Kind.CLOSE, ")");
        depth--;
        return FilterSyntax.folded(new Function(kind, List.copyOf(arguments)), name.column());
    }

    private void enter() {
        if (depth == Selector.MAX_DEPTH) {
            throw new SelectorError(token.column(), "parentheses are nested deeper than " + Selector.MAX_DEPTH);
        }
        depth++;
    }

    /** In a selector only a property can be asked; in a filter any expression. */
    private Expression operand(Expression operand, int column, String operator) {
        if (operand instanceof Identifier || dialect == Dialect.FILTER) {
            return operand;
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
