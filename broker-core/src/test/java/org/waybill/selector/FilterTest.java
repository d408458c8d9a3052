package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filter expressions of AMQP (SQL filters and property filters). */
class FilterTest {
    private static final UUID AN_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final Map<String, Object> MESSAGE = message();

    private static Map<String, Object> message() {
        Map<String, Object> fields = new HashMap<>();
        fields.put("h.priority", 7);
        fields.put("h.durable", true);
        fields.put("h.delivery-count", 0);
        fields.put(
                "p.message-id", ByteBuffer.wrap(new byte[] {1, 35, (byte) 0xAB}).asReadOnlyBuffer());
        fields.put("p.user-id", "Bob");
        fields.put("p.subject", "Order.created");
        fields.put("p.correlation-id", AN_ID);
        fields.put("p.creation-time", 1_753_365_622_460L);
        fields.put("p.group-sequence", 999L);
        fields.put("m.x-opt-kind", "urgent");
        fields.put("f.x-crc", 12);
        fields.put("a.region", "emea");
        fields.put("a.order-status", "pending");
        fields.put("a.order ]status", "odd");
        fields.put("a.AND", "word");
        fields.put("a.first", "Jörg");
        fields.put("a.last", "Doe");
        fields.put("a.weight", 5);
        fields.put("a.price", 10.5);
        fields.put("a.zero", 0);
        fields.put("a.cancelled", false);
        fields.put("a.not a number", Double.NaN);
        return fields;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h.priority > 4 AND header.priority = 7 AND h.durable",
                "header.delivery_count = 0 AND h.delivery-count = 0 AND h.[delivery-count] = 0",
                "properties.subject LIKE 'Order%' AND p.subject = \"Order.created\"",
                "p.message_id = 0x0123ab AND p.message-id <> 0x00 AND p.[message_id] IS NOT NULL",
                "p.user_id = 'Bob' AND p.user_id = 0x426F62 AND properties.user-id LIKE '_o_'",
                "p.creation_time > UTC() - 3600000 AND p.creation_time <= UTC()",
                "p.correlation-id = UUID('00112233-4455-6677-8899-aabbccddeeff')",
                "p.correlation_id <> UUID('10112233-4455-6677-8899-aabbccddeeff') AND NOT p.correlation_id = 'x'",
                "m.[x-opt-kind] = 'urgent' AND message_annotations.[x-opt-kind] IN ('a', 'urgent')",
                "message-annotations.[x-opt-kind] = 'urgent' AND footer.[x-crc] = 12 AND f.[x-crc] = 12",
                "region = 'emea' AND a.region = 'emea' AND application_properties.region = 'emea'",
                "application-properties.region = 'emea' AND application-properties.[region] != 'us'",
                "[order-status] = 'pending' AND [order ]]status] = 'odd' AND a.[order-status] LIKE 'p%'",
                "a.AND = 'word' AND [AND] = 'word'",
                "p.group_sequence % 3 = 0 AND weight % 2 = 1 AND 7 % -5 = 2 AND 5.5 % 2 = 1.5",
                "weight-2=3 AND weight - p.group_sequence = -994",
                "first + ' ' + last = 'Jörg Doe' AND 'a' + 'b' + 'c' = 'abc' AND 1 + 2 + 3 = 6",
                "region > 'dmea' AND region >= 'emea' AND region < 'emeaa' AND '￮' < '🇬'",
                "LOWER(last) = 'doe' AND UPPER(first) = 'JÖRG' AND lower('ABC') = 'abc'",
                "LEFT(first, 2) = 'Jö' AND RIGHT(first, 2) = 'rg' AND LEFT(first, 99) = first AND LEFT(first, 0) = ''",
                "SUBSTRING(first, 2, 2) = 'ör' AND SUBSTRING(first, 9, 2) = '' AND SUBSTRING(first, 3, 99) = 'rg'",
                "SUBSTRING('🇬🇧x', 3, 1) = 'x' AND RIGHT('🇬🇧x', 2) = SUBSTRING('🇬🇧x', 2, 2)",
                "DATE('2025-07-24T14:00:22.460Z') = p.creation_time AND DATE('1970-01-02') = 86400000",
                "DATE('1970-01-01T01:00+01:00') = 0 AND DATE('1970-01-01T00:00:01') = 1000 AND DATE(region) IS NULL",
                "EXISTS(region) AND NOT EXISTS(a.nothing) AND exists(p.[subject])",
                "weight IN (3, weight, 'x') AND region NOT IN ('us', 3) AND 5 IN (weight)",
                "weight + 1 IN (6) AND LOWER(region) LIKE 'e%' AND (weight * 2) IS NOT NULL",
                "p.user_id IN ('Al', 'Bob') AND p.message_id NOT IN ('a', 'b')",
                "price < INF AND price > -INF AND NOT [not a number] = NAN AND [not a number] <> NAN",
                "010 = 10 AND 1_0 = 10 AND 0.5 = .5",
                "quote IS NULL AND 'It''s' = \"It's\" AND \"a\"\"b\" = 'a\"b'",
                "weight BETWEEN 1 AND 5 AND NOT cancelled AND weight != 4"
            })
    void matchesWhatTheGrammarAdds(String filter) {
        assertThat(matches(Selector.parseFilter(filter))).as(filter).isTrue();
        assertThat(matches(Selector.parseFilter("NOT (" + filter + ")")))
                .as(filter)
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weight % zero = 0",
                "first + 1 = 'Jörg1'",
                "weight + 'x' IS NOT NULL",
                "LEFT(weight, 1) = '5'",
                "LEFT(first, -1) = ''",
                "LEFT(first, price) = 'Jörg'",
                "SUBSTRING(first, 0, 1) = ''",
                "region > 5",
                "region > cancelled",
                "weight LIKE '5'",
                "nothing IN (nothing)",
                "p.to IS NOT NULL",
                "JMSPriority = 7",
                "DATE(region) < UTC() OR UTC() <> UTC()"
            })
    void isNotTrueForValuesThatCannotBeCompared(String filter) {
        assertThat(matches(Selector.parseFilter(filter))).as(filter).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    x.name = 1             | 1  | x is no section of a message
                    a.b.c = 1              | 4  | expected an operator or the end but found .
                    1 = p.nothing          | 7  | the section p has no field nothing
                    h.ttl2 = 1             | 3  | the section h has no field ttl2
                    d.x = 1                | 1  | delivery annotations
                    delivery-annotations.x | 1  | delivery annotations
                    [open = 1              | 1  | no closing ]
                    "open = 1              | 1  | no closing quote
                    a = 0x123              | 5  | 0x123 is no row of bytes
                    a = 0xZZ               | 5  | 0xZZ is no row of bytes
                    TRIM(a) = 'a'          | 1  | there is no function TRIM
                    LOWER() = 'a'          | 7  | expected a name, a literal or ( but found )
                    LOWER('a', 'b') = 'a'  | 10 | expected )
                    LOWER(5) = 'a'         | 7  | LOWER takes here a string, but this is a number
                    LEFT(a 1) = 'a'        | 8  | expected ,
                    1 = DATE('x')          | 5  | DATE has no value for these arguments
                    EXISTS('a')            | 8  | expected the name of a field
                    a.                     | 3  | expected the name of a field
                    'a' * 2 = 1            | 1  | * takes numbers
                    'a' + 'b'              | 0  | -
                    a == 1                 | 4  | expected
                    a ! 1                  | 3  | '!' is no operator
                    """)
    void refusesWithTheColumn(String filter, int column, String problem) {
        if (column == 0) {
            // no type shows without a message
            assertThat(matches(Selector.parseFilter(filter))).isFalse();
            return;
        }
        assertThatThrownBy(() -> Selector.parseFilter(filter))
                .isInstanceOfSatisfying(
                        SelectorError.class, error -> assertThat(error.column()).isEqualTo(column))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p.subject = 'a'", "a != 1", "[a] = 1", "a = \"b\"", "a % 2 = 0", "a > 'b'", "a IN (1)"})
    void selectorsStayWhatTheyWere(String filter) {
        Selector.parseFilter(filter);
        assertThatThrownBy(() -> Selector.parse(filter)).isInstanceOf(SelectorError.class);
    }

    @Test
    void nestsFunctionsAsDeepAsParenthesesAndNoDeeper() {
        String deepest = "LOWER(".repeat(Selector.MAX_DEPTH) + "a" + ")".repeat(Selector.MAX_DEPTH) + " = 'a'";

        assertThat(matches(Selector.parseFilter(deepest))).isFalse();
        assertThatThrownBy(() -> Selector.parseFilter("UPPER(" + deepest)).isInstanceOf(SelectorError.class);
    }

    @Test
    void doesNotBuildStringsWithoutBound() {
        String huge = "x".repeat(Selector.MAX_LENGTH_CHARS / 2);

        assertThat(Selector.parseFilter("a + a = a + a").matches(name -> huge)).isTrue();
        assertThat(Selector.parseFilter("a + a + a IS NULL").matches(name -> huge))
                .isTrue();
    }

    @Test
    void propertyFiltersCompareEachField() {
        assertThat(matches(Section.PROPERTIES, Map.of("user-id", bytes("Bob"), "subject", "&p:Order")))
                .isTrue();
        assertThat(matches(Section.PROPERTIES, Map.of("user-id", bytes("Bo"), "subject", "&p:Order")))
                .isFalse();
        assertThat(matches(Section.PROPERTIES, Map.of("correlation-id", AN_ID, "group-sequence", 999)))
                .isTrue();
        assertThat(matches(Section.PROPERTIES, Map.of("to", "somewhere"))).isFalse();
        assertThat(matches(Section.HEADER, Map.of("priority", (byte) 7, "durable", true)))
                .isTrue();
        assertThat(matches(Section.MESSAGE_ANNOTATIONS, Map.of("x-opt-kind", "&s:gent")))
                .isTrue();
        assertThat(matches(Section.FOOTER, Map.of("x-crc", 12L))).isTrue();
        assertThat(matches(Section.APPLICATION_PROPERTIES, Map.of("order ]status", "odd", "price", 10.5f)))
                .isTrue();
        assertThat(matches(Section.APPLICATION_PROPERTIES, Map.of("price", "10.5")))
                .isFalse();
        assertThat(matches(Section.APPLICATION_PROPERTIES, Map.of())).isTrue();
        Map<String, Object> anything = new HashMap<>();
        anything.put("nothing", null);
        assertThat(matches(Section.APPLICATION_PROPERTIES, anything)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "&p:a_b, a_bc, true",
                "&p:a_b, aXbc, false",
                "&s:%'!, 100%'!, true",
                "&s:%'!, 100%'!x, false",
                "&p:, anything, true",
                "&&p:a, &p:a, true",
                "&&p:a, a, false",
                "a%, a%, true",
                "a%, ab, false"
            })
    void modifiersSayHowAStringIsCompared(String reference, String value, boolean expected) {
        Selector filter = PropertyFilter.of(Section.APPLICATION_PROPERTIES, Map.of("a", reference));

        assertThat(filter.matches(name -> value)).isEqualTo(expected);
    }

    @Test
    void refusesPropertyFiltersByTheWrongNameOrValue() {
        assertThatThrownBy(() -> PropertyFilter.of(Section.PROPERTIES, Map.of("subjekt", "a")))
                .isInstanceOf(SelectorError.class)
                .hasMessage("the section p has no field subjekt");
        assertThatThrownBy(() -> PropertyFilter.of(Section.APPLICATION_PROPERTIES, Map.of("a", "&x:b")))
                .isInstanceOf(SelectorError.class)
                .hasMessageContaining("the value of a begins with &")
                .hasMessageContaining("&x:b");
        assertThatThrownBy(() -> PropertyFilter.of(Section.APPLICATION_PROPERTIES, Map.of("a", List.of())))
                .isInstanceOf(SelectorError.class)
                .hasMessageContaining("no filter can compare");
        Map<String, Object> many = new HashMap<>();
        for (int i = 0; i <= PropertyFilter.MAX_FIELDS; i++) {
            many.put("n" + i, i);
        }
        assertThatThrownBy(() -> PropertyFilter.of(Section.APPLICATION_PROPERTIES, many))
                .isInstanceOf(SelectorError.class);
    }

    @Test
    void takesEveryNumberAsAReference() {
        for (Object number : Arrays.<Object>asList(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                -1,
                (short) -7,
                (byte) 9,
                Double.MIN_VALUE,
                -1.5,
                1e300,
                0.1f,
                Float.MAX_VALUE,
                Float.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                -0.0)) {
            Selector filter = PropertyFilter.of(Section.APPLICATION_PROPERTIES, Map.of("n", number));
            assertThat(filter.matches(name -> number)).as("%s", number).isTrue();
        }
        assertThat(PropertyFilter.of(Section.APPLICATION_PROPERTIES, Map.of("n", Double.NaN))
                        .matches(name -> Double.NaN))
                .isFalse();
    }

    @Test
    void isMadeAgainFromItsText() {
        Selector selector = Selector.parse("a = 0x10");
        Selector filter = Selector.parseFilter("a = 0x10");
        Selector fields = PropertyFilter.of(Section.PROPERTIES, Map.of("correlation-id", AN_ID));
        Selector all = selector.and(filter).and(fields.and(selector));

        for (Selector each : List.of(selector, filter, fields, all)) {
            Selector again = Selector.restore(each.text());
            assertThat(again.text()).isEqualTo(each.text());
            assertThat(again.identifiers()).isEqualTo(each.identifiers());
            assertThat(again.matches(name -> 16)).isEqualTo(each.matches(name -> 16));
            assertThat(matches(again)).isEqualTo(matches(each));
        }
        assertThat(selector.text()).isEqualTo("a = 0x10");
        assertThat(filter.text()).isNotEqualTo(selector.text());
        assertThat(all.parts().stream().map(Selector::text))
                .containsExactly(selector.text(), filter.text(), fields.text(), selector.text());
        assertThat(selector.parts()).containsExactly(selector);
        assertThat(Selector.parseFilter(filter.expression()).text()).isEqualTo(filter.text());
        assertThat(selector.isFilter()).isFalse();
    }

    @Test
    void bothMustMatch() {
        Selector both = Selector.parse("weight = 5").and(Selector.parseFilter("p.subject = 'Order.created'"));
        Selector neither = Selector.parse("weight = 5").and(Selector.parseFilter("p.subject = 'other'"));

        assertThat(matches(both)).isTrue();
        assertThat(matches(neither)).isFalse();
    }

    @Test
    void theIndexKnowsFieldsApart() {
        SelectorIndex<String> index = new SelectorIndex<>();
        index.add("subject", Selector.parseFilter("p.subject = 'Order.created'"));
        index.add("property", Selector.parseFilter("subject = 'Order.created'"));
        index.add("bytes", Selector.parseFilter("p.user_id = 0x426F62 AND region = 'emea'"));
        index.add("text", Selector.parseFilter("p.message_id = '\u0001#'"));
        index.add("id", PropertyFilter.of(Section.PROPERTIES, Map.of("correlation-id", AN_ID)));
        Map<String, Object> message = new HashMap<>(MESSAGE);
        message.put("p.message-id", bytes("\u0001#"));
        List<String> shown = new java.util.ArrayList<>();

        index.match(source(message), shown::add);

        assertThat(shown).containsExactly("subject", "bytes", "text", "id");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 20_261_122, -99, 7_919})
    void garbageIsRefusedInOneLineOrEvaluates(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] words = {
            "a",
            "p.",
            "h.",
            "a.",
            "m.",
            "f.",
            "subject",
            "message-id",
            "message_id",
            "[",
            "]",
            "[x]",
            ".",
            "\"",
            "'",
            "'x'",
            "0x",
            "0x12",
            "0xf",
            "INF",
            "NAN",
            "-",
            "+",
            "%",
            "*",
            "/",
            "=",
            "!=",
            "<>",
            "<",
            "(",
            ")",
            ",",
            "LOWER",
            "LEFT",
            "SUBSTRING",
            "UTC()",
            "DATE",
            "EXISTS",
            "UUID",
            "IN",
            "LIKE",
            "ESCAPE",
            "'!'",
            "IS",
            "NOT",
            "NULL",
            "AND",
            "OR",
            "BETWEEN",
            "TRUE",
            "1",
            "2.5",
            "99999999999999999999",
            "\ud83d",
            "\u2028",
            "application-properties.",
            "d.x",
            "_"
        };
        int evaluated = 0;
        for (int i = 0; i < 30_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 1 + random.nextInt(8); j > 0; j--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            try {
                Selector filter = Selector.parseFilter(text.toString());
                matches(filter);
                assertThat(Selector.restore(filter.text()).text()).isEqualTo(filter.text());
                evaluated++;
            } catch (SelectorError error) {
                assertThat(error.column()).as("seed %d, %s", seed, text).isBetween(1, text.length() + 1);
                assertThat(error.getMessage()).as("seed %d, %s", seed, text).doesNotContainPattern("\\p{Cntrl}");
            }
        }
        assertThat(evaluated).isPositive();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    private static boolean matches(Section section, Map<String, ?> references) {
        return matches(PropertyFilter.of(section, references));
    }

    private static boolean matches(Selector selector) {
        return selector.matches(source(MESSAGE));
    }

    private static PropertySource source(Map<String, Object> message) {
        return new PropertySource() {
            @Override
            public @Nullable Object property(String name) {
                return message.get("a." + name);
            }

            @Override
            public @Nullable Object field(Section section, String name) {
                return message.get(section.letter() + "." + name);
            }

            @Override
            public long nowMs() {
                return 1_753_365_622_500L;
            }
        };
    }
}
