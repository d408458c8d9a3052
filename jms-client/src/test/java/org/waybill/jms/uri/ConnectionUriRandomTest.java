package org.waybill.jms.uri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionUriRandomTest {
    private static final String SECRET = "hIdDeN";
    private static final List<String> STARTS =
            List.of("amqp://a?", "amqps://a?", "failover:(amqp://a)?", "failover:(amqps://a?", "nothing://a?");
    private static final List<String> PIECES = List.of(
            "amqp://",
            "amqps://",
            "amqpws://",
            "failover:(",
            ")",
            ",",
            "?",
            "&",
            "=",
            "%",
            "%41",
            "#",
            "@",
            "/",
            ":",
            "[::1]",
            "host",
            "5672",
            "-1",
            "true",
            "jms.username",
            "&jms.password=" + SECRET,
            "jms.sendTimeout",
            "amqp.vhost",
            "&transport.keyStorePassword=" + SECRET,
            "failover.nested.amqp.vhost",
            "failover.randomize",
            " ",
            "ü",
            "\n");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void readsOrRefusesWhateverItIsGivenAndShowsNoSecret(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder uri = new StringBuilder(STARTS.get(random.nextInt(STARTS.size())));
            for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
                uri.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            assertThat(outcome(uri.toString())).as("seed %d, %s", seed, uri).doesNotContain(SECRET);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6, 7})
    void readsAnyValueThatIsPercentEncoded(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            String value = random.ints(random.nextInt(1, 8), 1, Character.MAX_CODE_POINT)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .append('x')
                    .toString();

            ConnectionUri uri = ConnectionUri.parse("failover:(amqp://a)?jms.password=" + encoded(value), Map.of());

            assertThat(uri.password()).as("seed %d", seed).isEqualTo(value);
        }
    }

    /** What a user sees of it: its text, or the complaint about it. */
    private static String outcome(String uri) {
        try {
            return ConnectionUri.parse(uri, Map.of()).toString();
        } catch (IllegalArgumentException e) {
            StringWriter logged = new StringWriter();
            e.printStackTrace(new PrintWriter(logged));
            return logged.toString();
        }
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02x", b & 0xFF));
        }
        return encoded.toString();
    }
}
