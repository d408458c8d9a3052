package org.waybill.selector;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One of the six comparisons of two values.
 *
 * @param ordersStrings whether strings have an order, that of their characters, as in filter expressions
 */
record Comparison(Expression left, Operator operator, Expression right, boolean ordersStrings) implements Condition {
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        /** Whether it puts values in order, which in selectors only numbers have. */
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
            if (isOrdering()) {
                return Truth.FALSE;
            }
            if (left instanceof ByteBuffer || right instanceof ByteBuffer) {
                return ofBytes(left, right);
            }
            return left.getClass() == right.getClass() ? Truth.of(left.equals(right) == (this == EQUAL)) : Truth.FALSE;
        }

        /** Bytes are like the string they encode: {@code p.user-id} is binary, and a name. */
        private Truth ofBytes(Object left, Object right) {
            if (left instanceof ByteBuffer leftBytes && right instanceof ByteBuffer rightBytes) {
                return Truth.of(leftBytes.equals(rightBytes) == (this == EQUAL));
            }
            String leftText = text(left);
            String rightText = text(right);
            return leftText == null || rightText == null
                    ? Truth.FALSE
                    : Truth.of(leftText.equals(rightText) == (this == EQUAL));
        }

        private boolean holds(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
            };
        }
    }

    @Override
    public Truth truth(PropertySource source) {
        Object leftValue = left.value(source);
        Object rightValue = right.value(source);
        if (ordersStrings
                && operator.isOrdering()
                && leftValue instanceof String leftText
                && rightValue instanceof String rightText) {
            return Truth.of(operator.holds(order(leftText, rightText)));
        }
        return operator.truth(leftValue, rightValue);
    }

    /** A string, or the one that bytes encode; null for other values. */
    static @Nullable String text(Object value) {
        if (value instanceof ByteBuffer bytes) {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }
        return value instanceof String text ? text : null;
    }

    /** By code points, where {@link String#compareTo} would put those beyond 16 bits before some within. */
    private static int order(String left, String right) {
        int at = 0;
        int shorter = Math.min(left.length(), right.length());
        while (at < shorter && left.charAt(at) == right.charAt(at)) {
            at++;
        }
        if (at == shorter) {
            return left.length() - right.length();
        }
        boolean areSurrogates = Character.isSurrogate(left.charAt(at)) == Character.isSurrogate(right.charAt(at));
        int order = left.charAt(at) - right.charAt(at);
        return areSurrogates ? order : Character.isSurrogate(left.charAt(at)) ? 1 : -1;
    }
}
