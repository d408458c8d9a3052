package org.waybill.selector;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a selector that must be true for the whole to be true, and is true exactly when one property has one of some
 * values: what {@link SelectorIndex} can look up.
 *
 * <p>Values are compared through {@link #key}. Below 2<sup>24</sup> every whole number is the same in all numeric types, so
 * that promotion does not change which are equal; beyond, a property that is a float or double can equal several longs,
 * and has no key. Bytes have the key of the string they encode, as that is what they are compared as.
 *
 * @param identifier the property
 * @param keys the keys of its values
 * @param part its place in {@link #parts}
 */
record Requirement(Identifier identifier, Set<Object> keys, int part) {
    private static final double EXACT_IN_ALL_TYPES = 1 << 24;

    /** More are not considered: which one is indexed hardly matters then. */
    private static final int MAX_CHOICES = 16;

    /** The conditions that must all be true, as many as the nesting of ANDs gives. */
    static List<Condition> parts(Condition condition) {
        List<Condition> parts = new ArrayList<>();
        collect(condition, parts);
        return parts;
    }

    private static void collect(Condition condition, List<Condition> into) {
        if (condition instanceof Condition.And and) {
            and.parts().forEach(part -> collect(part, into));
        } else {
            into.add(condition);
        }
    }

    /** The requirements among some parts; empty when none of them can be looked up. */
    static List<Requirement> among(List<Condition> parts) {
        List<Requirement> found = new ArrayList<>();
        for (int i = 0; i < parts.size() && found.size() < MAX_CHOICES; i++) {
            Requirement requirement = of(parts.get(i), i);
            if (requirement != null) {
                found.add(requirement);
            }
        }
        return found;
    }

    /** What remains to be true besides this one, or null for nothing. */
    @Nullable
    Condition rest(List<Condition> parts) {
        List<Condition> rest = new ArrayList<>(parts);
        rest.remove(part);
        return rest.isEmpty() ? null : rest.size() == 1 ? rest.get(0) : new Condition.And(List.copyOf(rest));
    }

    private static @Nullable Requirement of(Condition condition, int part) {
        if (condition instanceof Comparison comparison && comparison.operator() == Comparison.Operator.EQUAL) {
            return comparison.left() instanceof Identifier
                    ? equality(comparison.left(), comparison.right(), part)
                    : equality(comparison.right(), comparison.left(), part);
        }
        if (condition instanceof Condition.In in && !in.isNegated()) {
            return new Requirement(in.operand(), Set.copyOf(in.strings()), part);
        }
        if (condition instanceof Condition.Or or) {
            return alternatives(or.parts(), part);
        }
        if (condition instanceof Condition.Not not) {
            return not.part() instanceof Condition.Claim claim ? claim(claim, false, part) : null;
        }
        return condition instanceof Condition.Claim claim ? claim(claim, true, part) : null;
    }

    private static @Nullable Requirement equality(Expression property, Expression value, int part) {
        if (!(property instanceof Identifier identifier) || !(value instanceof Literal literal)) {
            return null;
        }
        Object key = literal.constant() instanceof ByteBuffer ? null : key(literal.constant());
        return key == null ? null : new Requirement(identifier, Set.of(key), part);
    }

    private static @Nullable Requirement claim(Condition.Claim claim, boolean value, int part) {
        return claim.operand() instanceof Identifier identifier
                ? new Requirement(identifier, Set.of(value), part)
                : null;
    }

    private static @Nullable Requirement alternatives(List<Condition> conditions, int part) {
        Requirement first = of(conditions.get(0), part);
        if (first == null) {
            return null;
        }
        Set<Object> keys = new HashSet<>(first.keys);
        for (Condition condition : conditions.subList(1, conditions.size())) {
            Requirement next = of(condition, part);
            if (next == null || !next.identifier.equals(first.identifier)) {
                return null;
            }
            keys.addAll(next.keys);
        }
        return new Requirement(first.identifier, keys, part);
    }

    /**
     * What equal values have in common and unequal ones have not.
     *
     * @return null for a value that has no key: it equals none of the values that have one, or {@link #mayEqualSeveral}
     */
    static @Nullable Object key(@Nullable Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            boolean isExact = Math.abs(number) < EXACT_IN_ALL_TYPES && number == Math.rint(number);
            return isExact ? (Object) (long) number : null;
        }
        if (value instanceof ByteBuffer) {
            return Comparison.text(value);
        }
        return value instanceof Number number && !(value instanceof Long) ? (Object) number.longValue() : value;
    }

    /** Whether a number without a key can equal values that have one. */
    static boolean mayEqualSeveral(Number number) {
        return Math.abs(number.doubleValue()) >= EXACT_IN_ALL_TYPES;
    }
}
