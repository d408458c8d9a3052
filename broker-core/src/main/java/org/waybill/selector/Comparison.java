package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** One of the six comparisons of two values. */
record Comparison(Expression left, Operator operator, Expression right) implements Condition {
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        /** Whether it puts values in order, which only numbers have. */
        boolean isOrdering() {
            return this != EQUAL && this != NOT_EQUAL;
        }

        /**
         * Unknown if a value is NULL. Unlike types are neither equal nor unequal nor ordered: the specification calls
         * each such comparison false.
         */
        Truth truth(@Nullable Object left, @Nullable Object right) {
            if (left == null || right == null) {
                return Truth.UNKNOWN;
            }
            if (left instanceof Number leftNumber && right instanceof Number rightNumber) {
                return Truth.of(Promotion.holds(leftNumber, this, rightNumber));
            }
            if (isOrdering() || left.getClass() != right.getClass()) {
                return Truth.FALSE;
            }
            return Truth.of(left.equals(right) == (this == EQUAL));
        }
    }

    @Override
    public Truth truth(PropertySource source) {
        return operator.truth(left.value(source), right.value(source));
    }
}
