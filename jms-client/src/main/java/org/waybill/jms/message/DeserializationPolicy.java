package org.waybill.jms.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Which classes the object of a received message may consist of, and how much of it there may be. An object is code that a sender
 * chooses: so nothing is allowed that is not named, but strings, the boxes of primitives, and arrays of what is allowed.
 *
 * <p>A name stands for the class of that name and those nested in it, for a package and those below it, and {@code *} for
 * everything. What is denied is denied even if it is allowed.
 *
 * @param allowed names of what may be read ({@code jms.deserializationPolicy.allowList})
 * @param denied names of what may not be read ({@code jms.deserializationPolicy.denyList})
 * @param maxDepth how deep objects may be nested ({@code jms.deserializationPolicy.maxDepth})
 * @param maxArrayLength how many elements an array may have ({@code jms.deserializationPolicy.maxArrayLength})
 * @param maxReferences of how many objects it may consist ({@code jms.deserializationPolicy.maxReferences})
 */
public record DeserializationPolicy(
        List<String> allowed, List<String> denied, int maxDepth, int maxArrayLength, int maxReferences) {
    /** The default of {@code maxDepth}. */
    public static final int DEFAULT_MAX_DEPTH = 64;

    /** The default of {@code maxArrayLength}. */
    public static final int DEFAULT_MAX_ARRAY_LENGTH = 16 * 1024 * 1024;

    /** The default of {@code maxReferences}. */
    public static final int DEFAULT_MAX_REFERENCES = 1_000_000;

    /** Nothing but strings, the boxes of primitives, and arrays of what is allowed. */
    public static final DeserializationPolicy NOTHING = of("", "");

    private static final String EVERYTHING = "*";
    private static final List<String> HARMLESS = List.of(
            "java.lang.String",
            "java.lang.Number",
            "java.lang.Object",
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Enum",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Short");

    /** A policy. */
    public DeserializationPolicy {
        allowed = List.copyOf(allowed);
        denied = List.copyOf(denied);
    }

    /** A policy by lists of names with commas between, and default bounds. */
    public static DeserializationPolicy of(String allowList, String denyList) {
        return new DeserializationPolicy(
                names(allowList), names(denyList), DEFAULT_MAX_DEPTH, DEFAULT_MAX_ARRAY_LENGTH, DEFAULT_MAX_REFERENCES);
    }

    /** The names in a list with commas between. */
    public static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            String trimmed = name.trim();
            if (trimmed.endsWith(".*")) {
                trimmed = trimmed.substring(0, trimmed.length() - 2);
            }
            if (!trimmed.isEmpty()) {
                names.add(trimmed);
            }
        }
        return names;
    }

    /** Whether objects of this class may be read. */
    boolean allows(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        if (element.isPrimitive()) {
            return true;
        }
        String name = element.getName();
        return !isIn(denied, name) && (HARMLESS.contains(name) || isIn(allowed, name));
    }

    private static boolean isIn(List<String> names, String type) {
        for (String name : names) {
            if (name.equals(EVERYTHING) || covers(name, type)) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(String name, String type) {
        if (!type.startsWith(name)) {
            return false;
        }
        return type.length() == name.length() || type.charAt(name.length()) == '.' || type.charAt(name.length()) == '$';
    }
}
