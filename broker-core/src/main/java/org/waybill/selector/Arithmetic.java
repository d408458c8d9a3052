package org.waybill.selector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operators of one precedence level in a row, from left to right; NULL if an operand is no number.
 *
 * <p>A row and not a tree of pairs, so that long rows need no deep stack.
 *
 * @param joinsStrings whether {@code +} puts strings together, as in filter expressions
 */
record Arithmetic(Expression first, List<Step> steps, boolean joinsStrings) implements Expression {
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        REMAINDER
    }

    record Step(Operator operator, Expression operand) {}

    @Override
    public ValueType type() {
        return joinsStrings ? ValueType.ANY : ValueType.NUMBER;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        Object result = first.value(source);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Object operand = step.operand.value(source);
            if (result instanceof Number left && operand instanceof Number right) {
                result = Promotion.calculate(left, step.operator, right);
            } else if (joinsStrings
                    && step.operator == Operator.ADD
                    && result instanceof String left
                    && operand instanceof String right) {
                result = joined(left, right);
            } else {
                return null;
            }
        }
        return result;
    }

    private static @Nullable String joined(String left, String right) {
        // a message's strings are long enough to make far too long ones of them
        return left.length() + right.length() > Selector.MAX_LENGTH_CHARS ? null : left + right;
    }
}
