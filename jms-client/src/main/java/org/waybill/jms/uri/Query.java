package org.waybill.jms.uri;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The part of a URI behind the question mark: {@code name=value&name=value}, with what is not plain as {@code %XX} of UTF-8. */
final class Query {
    private Query() {}

    /** The options by name, in their order. */
    static Map<String, String> parse(String query) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            // What stands here may be a piece of a password that has an ampersand in it: it is not shown.
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "an option is not of the form name=value, and not plain characters of"
                                + " a value are written as %XX: & as %26");
            }
            String name = decode(part.substring(0, equals), "an option's name");
            String value = decode(part.substring(equals + 1), "option '" + name + "'");
            if (options.put(name, value) != null) {
                throw new IllegalArgumentException("option '" + name + "' is given twice");
            }
        }
        return options;
    }

    /**
     * The text with each {@code %XX} replaced by the character that it stands for. A plus stays a plus (RFC 3986).
     *
     * @param what what it is, to begin a complaint with
     */
    static String decode(String text, String what) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.write(bytes[i]);
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(
                        what + " has a % that two hexadecimal digits do not follow: a percent sign is written as %25");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " is not UTF-8 once its %XX are replaced", e);
        }
    }
}
