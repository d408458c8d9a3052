package org.waybill.jms.jndi;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * Puts values in the place of <code>${name}</code> and <code>${name:-otherwise}</code>: of the system property of that name, or of the
 * variable of the process's environment, or of the property beside it, which may itself refer to others.
 *
 * @param properties the properties beside it
 */
record Expansion(Map<String, String> properties) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]+(?::(?!-)[^}:]*)*)(?::-([^}]*))?}");
    /** References within references; more are a circle. */
    private static final int MAX_DEPTH = 20;

    /** The text with all its references replaced. */
    String expand(String text) throws NamingException {
        return expand(text, 0);
    }

    private String expand(String text, int depth) throws NamingException {
        if (depth > MAX_DEPTH) {
            throw new NamingException("'" + text + "' refers to itself by way of other properties");
        }
        Matcher variables = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (variables.find()) {
            String name = variables.group(1);
            String value = value(name);
            if (value == null) {
                value = variables.group(2);
            }
            if (value == null) {
                throw new NamingException(
                        "'${" + name + "}' stands for nothing: there is neither a system property, nor a variable"
                                + " of the environment, nor a property of that name; ${" + name
                                + ":-otherwise} says what to take then");
            }
            variables.appendReplacement(expanded, Matcher.quoteReplacement(expand(value, depth + 1)));
        }
        return variables.appendTail(expanded).toString();
    }

    private @Nullable String value(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            value = System.getenv(name);
        }
        return value == null ? properties.get(name) : value;
    }
}
