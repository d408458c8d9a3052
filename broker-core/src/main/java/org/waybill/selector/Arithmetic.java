package org.waybill.selector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operators of one precedence level in a row, from left to right; NULL if an operand is no number.
 *
 * <p>A row and not a tree of pairs, so that long rows need no deep stack.
 */
record Arithmetic(Expression first, List<Step> steps) implements Expression {
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE
    }

    record Step(Operator operator, Expression operand) {}

    @Override
    public ValueType type() {
        return ValueType.NUMBER;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        Object result = first.value(source);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (!(result instanceof Number left) || !(step.operand.value(source) instanceof Number right)) {
                return null;
            }
            result = Promotion.calculate(left, step.operator, right);
        }
        return result;
    }
}
