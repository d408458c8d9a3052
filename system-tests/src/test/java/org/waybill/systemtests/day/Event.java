package org.waybill.systemtests.day;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history: {@code 1763840000123456 app KIND key=value ...}, values URL-encoded.
 *
 * @param timeUs when it was written, microseconds since the epoch by the clock that all processes of the machine share
 * @param app who wrote it; {@code day} is the test itself
 * @param kind what happened
 * @param fields what the kind says it carries
 */
record Event(long timeUs, String app, Kind kind, Map<String, String> fields) {
    /** What happened. The names in the present tense are written before the deed, those in the past tense after it. */
    enum Kind {
        /** A new connection with its one session, which consumes {@code from} in {@code mode} if it says so. */
        START,
        /**
         * A message is being sent: {@code id}, {@code to}, {@code durable}, and where it applies {@code tx}, {@code due} and {@code
         * expires} (both in microseconds since the epoch), {@code group}, {@code priority}, {@code colour}, {@code poison}.
         */
        SEND,
        /** The broker has settled the send of {@code id}, which was not part of a transaction. */
        SETTLED,
        /** {@code id} was received from {@code from} in {@code mode} auto, client or tx, {@code redelivered} as its header said. */
        GET,
        /** All that was received in this session so far is being acknowledged. */
        ACK,
        /** All that was received in this session and not acknowledged is being given back. */
        RECOVER,
        /** The transaction {@code tx} is being committed; without a COMMITTED nobody knows how it ended. */
        COMMIT,
        COMMITTED,
        /** The transaction {@code tx} is being rolled back. */
        ROLLBACK,
        /** The broker has answered a question on this connection, so that it has seen everything before it. */
        CONFIRMED,
        /** The connection is being closed. */
        CLOSE,
        CLOSED,
        /** The connection was found broken, as {@code text} says. */
        BROKEN,
        /** There is a subscription {@code name} to {@code topic}, {@code durable} or not, of messages of {@code colour} if it says so. */
        SUBSCRIBED,
        /** The subscription {@code name} is being removed. */
        UNSUBSCRIBE,
        /** A browser of {@code from} is being opened. */
        BROWSE,
        /** The browser opened last has shown {@code id}. */
        BROWSED,
        /** The application saw something that must not be, said in {@code text}. */
        OFFENCE,
        /** Written by the test: the process of application {@code victim} is being killed. */
        KILL,
        /** Written by the test: the broker is being killed. */
        BROKER_KILL,
        /** Written by the test when everybody has gone: {@code id} was left in {@code from}. */
        LEFT
    }

    /** Reads a line back. */
    static Event parse(String line) {
        String[] words = line.split(" ", -1);
        Map<String, String> fields = new TreeMap<>();
        for (int i = 3; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            fields.put(
                    words[i].substring(0, equals),
                    URLDecoder.decode(words[i].substring(equals + 1), StandardCharsets.UTF_8));
        }
        return new Event(Long.parseLong(words[0]), words[1], Kind.valueOf(words[2]), Map.copyOf(fields));
    }

    /** The line of it, without its end. */
    String line() {
        StringBuilder line = new StringBuilder()
                .append(timeUs)
                .append(' ')
                .append(app)
                .append(' ')
                .append(kind);
        new TreeMap<>(fields).forEach((key, value) -> line.append(' ')
                .append(key)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return line.toString();
    }

    /** A field that every event of this kind has. */
    String field(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name + " in: " + line());
        }
        return value;
    }

    /** A field that may be missing. */
    @Nullable
    String optional(String name) {
        return fields.get(name);
    }

    /** Whether a field is there and says true. */
    boolean says(String name) {
        return Boolean.parseBoolean(fields.get(name));
    }
}
