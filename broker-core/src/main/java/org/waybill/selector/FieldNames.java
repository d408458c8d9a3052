package org.waybill.selector;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The names that AMQP gives to sections and fields. An expression may write them with underscores, as its grammar has it, or with
 * the hyphens they really have, which is why the lexer must know them.
 */
final class FieldNames {
    static final Set<String> HEADER = Set.of("durable", "priority", "ttl", "first-acquirer", "delivery-count");

    static final Set<String> PROPERTIES = Set.of(
            "message-id",
            "user-id",
            "to",
            "subject",
            "reply-to",
            "correlation-id",
            "content-type",
            "content-encoding",
            "absolute-expiry-time",
            "creation-time",
            "group-id",
            "group-sequence",
            "reply-to-group-id");

    static final List<String> HYPHENATED_SECTIONS =
            List.of("message-annotations", "application-properties", "delivery-annotations");

    /** Longest first, as one is the beginning of another. */
    static final List<String> HYPHENATED_FIELDS = Stream.concat(HEADER.stream(), PROPERTIES.stream())
            .filter(name -> name.indexOf('-') > 0)
            .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(name -> name))
            .toList();

    private FieldNames() {}

    static String hyphenated(String name) {
        return name.replace('_', '-');
    }
}
