package org.waybill.selector;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An expression that is true, false or unknown. */
sealed interface Condition extends Expression
        permits Comparison,
                Condition.Claim,
                Condition.And,
                Condition.Or,
                Condition.Not,
                Condition.Between,
                Condition.In,
                Condition.Like,
                Condition.IsNull {
    Truth truth(PropertySource source);

    @Override
    default ValueType type() {
        return ValueType.BOOLEAN;
    }

    @Override
    default @Nullable Object value(PropertySource source) {
        return truth(source).asValue();
    }

    /** A property or constant that is a condition by itself; unknown unless it is a boolean. */
    record Claim(Expression operand) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            return operand.value(source) instanceof Boolean value ? Truth.of(value) : Truth.UNKNOWN;
        }
    }

    /** Conditions joined by AND; those behind the first false one are not looked at. */
    record And(List<Condition> parts) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            Truth truth = Truth.TRUE;
            for (int i = 0; i < parts.size() && truth != Truth.FALSE; i++) {
                truth = truth.and(parts.get(i).truth(source));
            }
            return truth;
        }
    }

    /** Conditions joined by OR; those behind the first true one are not looked at. */
    record Or(List<Condition> parts) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            Truth truth = Truth.FALSE;
            for (int i = 0; i < parts.size() && truth != Truth.TRUE; i++) {
                truth = truth.or(parts.get(i).truth(source));
            }
            return truth;
        }
    }

    record Not(Condition part) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            return part.truth(source).negated();
        }
    }

    /** {@code v BETWEEN a AND b} is {@code v >= a AND v <= b}; negated, {@code v < a OR v > b}. */
    record Between(Expression operand, Expression low, Expression high, boolean isNegated) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            Object value = operand.value(source);
            Object lowest = low.value(source);
            Object highest = high.value(source);
            return isNegated
                    ? Comparison.Operator.LESS
                            .truth(value, lowest)
                            .or(Comparison.Operator.GREATER.truth(value, highest))
                    : Comparison.Operator.GREATER_OR_EQUAL
                            .truth(value, lowest)
                            .and(Comparison.Operator.LESS_OR_EQUAL.truth(value, highest));
        }
    }

    /** {@code v IN (a, b)} is {@code v = a OR v = b}, so a value that is no string is in no list. */
    record In(Identifier operand, Set<String> strings, boolean isNegated) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            Object value = operand.value(source);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            String text = Comparison.text(value);
            return Truth.of((text != null && strings.contains(text)) != isNegated);
        }
    }

    /** A value that is no string is like no pattern. */
    record Like(Expression operand, LikePattern pattern, boolean isNegated) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            Object value = operand.value(source);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of((value instanceof String string && pattern.matches(string)) != isNegated);
        }
    }

    record IsNull(Expression operand, boolean isNegated) implements Condition {
        @Override
        public Truth truth(PropertySource source) {
            return Truth.of((operand.value(source) == null) != isNegated);
        }
    }
}
