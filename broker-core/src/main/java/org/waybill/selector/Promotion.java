package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and comparison of numbers under Java's binary numeric promotion: both operands become double if one is,
 * else float if one is, else long if one is, else int. Whole numbers wrap around as in Java.
 */
final class Promotion {
    private enum Rank {
        INT,
        LONG,
        FLOAT,
        DOUBLE
    }

    private Promotion() {}

    private static Rank rank(Number number) {
        if (number instanceof Long) {
            return Rank.LONG;
        }
        if (number instanceof Double) {
            return Rank.DOUBLE;
        }
        return number instanceof Float ? Rank.FLOAT : Rank.INT;
    }

    private static Rank rank(Number left, Number right) {
        Rank ofLeft = rank(left);
        Rank ofRight = rank(right);
        return ofLeft.compareTo(ofRight) >= 0 ? ofLeft : ofRight;
    }

    static boolean holds(Number left, Comparison.Operator operator, Number right) {
        return switch (rank(left, right)) {
            case INT, LONG -> holds(left.longValue(), operator, right.longValue());
                // A float is a double of the same value, so only the rounding of whole numbers differs.
            case FLOAT -> holds(left.floatValue(), operator, (double) right.floatValue());
            case DOUBLE -> holds(left.doubleValue(), operator, right.doubleValue());
        };
    }

    private static boolean holds(long left, Comparison.Operator operator, long right) {
        return switch (operator) {
            case EQUAL -> left == right;
            case NOT_EQUAL -> left != right;
            case LESS -> left < right;
            case LESS_OR_EQUAL -> left <= right;
            case GREATER -> left > right;
            case GREATER_OR_EQUAL -> left >= right;
        };
    }

    private static boolean holds(double left, Comparison.Operator operator, double right) {
        return switch (operator) {
            case EQUAL -> left == right;
            case NOT_EQUAL -> left != right;
            case LESS -> left < right;
            case LESS_OR_EQUAL -> left <= right;
            case GREATER -> left > right;
            case GREATER_OR_EQUAL -> left >= right;
        };
    }

    /** The result, or null for a whole number divided by zero, which has none. */
    static @Nullable Number calculate(Number left, Arithmetic.Operator operator, Number right) {
        Rank rank = rank(left, right);
        boolean divides = operator == Arithmetic.Operator.DIVIDE || operator == Arithmetic.Operator.REMAINDER;
        if (divides && rank.compareTo(Rank.LONG) <= 0 && right.longValue() == 0) {
            return null;
        }
        return switch (rank) {
                // Boxed by hand: a switch whose arms are primitive would itself promote them all to double.
            case INT -> Integer.valueOf((int) calculate(left.longValue(), operator, right.longValue()));
            case LONG -> Long.valueOf(calculate(left.longValue(), operator, right.longValue()));
            case FLOAT -> Float.valueOf(calculate(left.floatValue(), operator, right.floatValue()));
            case DOUBLE -> Double.valueOf(calculate(left.doubleValue(), operator, right.doubleValue()));
        };
    }

    private static long calculate(long left, Arithmetic.Operator operator, long right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case REMAINDER -> left % right;
        };
    }

    private static float calculate(float left, Arithmetic.Operator operator, float right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case REMAINDER -> left % right;
        };
    }

    private static double calculate(double left, Arithmetic.Operator operator, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case REMAINDER -> left % right;
        };
    }

    static Number negate(Number number) {
        return switch (rank(number)) {
            case INT -> Integer.valueOf(-number.intValue());
            case LONG -> Long.valueOf(-number.longValue());
            case FLOAT -> Float.valueOf(-number.floatValue());
            case DOUBLE -> Double.valueOf(-number.doubleValue());
        };
    }
}
