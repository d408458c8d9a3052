package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorIndexTest {
    private final SelectorIndex<String> index = new SelectorIndex<>();

    @Test
    void showsInTheOrderOfAddingThoseThatMatchAndThoseWithoutASelector() {
        add("region = 'north'");
        index.add("all", null);
        add("region LIKE 'n%'");
        add("region = 'south'");
        add("'north' = region AND weight > 3");

        assertThat(matches(Map.of("region", "north", "weight", 4)))
                .containsExactly("region = 'north'", "all", "region LIKE 'n%'", "'north' = region AND weight > 3");
        assertThat(matches(Map.of("region", "north", "weight", 3)))
                .containsExactly("region = 'north'", "all", "region LIKE 'n%'");
        assertThat(matches(Map.of("region", 5))).containsExactly("all");
        assertThat(matches(Map.of())).containsExactly("all");
    }

    @Test
    void readsAPropertyOnceForAnyNumberOfSelectors() {
        for (int i = 0; i < 50; i++) {
            add("colour = 'c" + i + "'");
        }
        List<String> asked = new ArrayList<>();
        List<String> shown = new ArrayList<>();

        index.match(
                name -> {
                    asked.add(name);
                    return "c7";
                },
                shown::add);

        assertThat(asked).containsExactly("colour");
        assertThat(shown).containsExactly("colour = 'c7'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a = 'x'
                    'x' = a
                    a IN ('x', 'y')
                    (a = 'y' OR a IN ('x', 'z')) AND TRUE
                    b > 0 AND (c IS NULL AND a = 'x')
                    """)
    void keepsUnderItsValueWhatNeedsOne(String selector) {
        add(selector);
        List<String> asked = new ArrayList<>();

        index.match(
                name -> {
                    asked.add(name);
                    return "other";
                },
                shown -> assertThat(shown).isNull());

        assertThat(asked).containsExactly("a");
    }

    @Test
    void keepsConditionsUnderTheTruthOfTheirProperty() {
        add("isUrgent");
        add("NOT isUrgent");
        add("isUrgent = TRUE AND weight = 1");

        assertThat(matches(Map.of("isUrgent", true, "weight", (byte) 1)))
                .containsExactly("isUrgent", "isUrgent = TRUE AND weight = 1");
        assertThat(matches(Map.of("isUrgent", false))).containsExactly("NOT isUrgent");
        assertThat(matches(Map.of("isUrgent", "true"))).isEmpty();
        assertThat(matches(Map.of())).isEmpty();
    }

    @Test
    void asksForThePropertyThatTellsMost() {
        for (int i = 0; i < 40; i++) {
            add("region = 'north' AND customer = " + i);
        }
        int[] reads = new int[1];
        List<String> shown = new ArrayList<>();

        index.match(
                name -> {
                    reads[0]++;
                    return name.equals("region") ? "north" : (Object) 39;
                },
                shown::add);

        assertThat(shown).containsExactly("region = 'north' AND customer = 39");
        assertThat(reads[0]).isLessThan(5);
    }

    @Test
    void forgetsWhatWasRemoved() {
        for (int i = 0; i < 200; i++) {
            add("n = " + i);
            add("n >= " + i);
        }
        for (int i = 0; i < 200; i++) {
            if (i != 150) {
                assertThat(remove("n = " + i)).isTrue();
                assertThat(remove("n >= " + i)).isTrue();
            }
        }

        assertThat(remove("n = 3")).isFalse();
        assertThat(index.size()).isEqualTo(2);
        assertThat(matches(Map.of("n", 150))).containsExactly("n = 150", "n >= 150");
        assertThat(matches(Map.of("n", 3))).isEmpty();

        add("n <> 0");
        assertThat(matches(Map.of("n", 150))).containsExactly("n = 150", "n >= 150", "n <> 0");
    }

    @Test
    void refusesToAddTwice() {
        add("a = 1");

        assertThatThrownBy(() -> add("a = 1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(matches(Map.of("a", 1))).containsExactly("a = 1");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20_261_122, -815, 4_711})
    void agreesWithTheSelectorsOneByOne(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, @Nullable Selector> present = new HashMap<>();
        List<String> order = new ArrayList<>();
        for (int step = 0; step < 5_000; step++) {
            String text = conditions(random);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (!order.contains(text)) {
                        Selector selector = random.nextInt(20) == 0 ? null : Selector.parse(text);
                        present.put(text.intern(), selector);
                        index.add(text.intern(), selector);
                        order.add(text);
                    }
                }
                case 2 -> {
                    if (order.size() > random.nextInt(300)) {
                        String gone = order.remove(random.nextInt(order.size()));
                        assertThat(index.remove(gone.intern())).isTrue();
                    }
                }
                default -> {
                    Map<String, Object> message = message(random);
                    List<String> expected = order.stream()
                            .filter(each -> {
                                Selector selector = present.get(each);
                                return selector == null || selector.matches(message::get);
                            })
                            .toList();
                    assertThat(matches(message))
                            .as("seed %d, %s", seed, message)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static final String[] NAMES = {"a", "b", "c"};
    private static final String[] LITERALS = {
        "'x'",
        "'y'",
        "'1'",
        "1",
        "1.0",
        "1f",
        "1.5",
        "-0.0",
        "0",
        "TRUE",
        "FALSE",
        "16777215",
        "16777216",
        "16777217",
        "16777216.0",
        "16777217.0",
        "16777216f",
        "9007199254740992",
        "9007199254740993",
        "9007199254740992.0",
        "9223372036854775807",
        "9.223372036854775807e18",
        "9.223372e18f",
        "0.1",
        "0.1f",
        "-16777217"
    };
    private static final Object[] VALUES = {
        "x",
        "y",
        "1",
        "",
        true,
        false,
        (byte) 1,
        (short) 1,
        1,
        1L,
        1.0,
        1f,
        1.5,
        1.5f,
        0,
        -0.0,
        -0f,
        0L,
        Double.NaN,
        Float.NaN,
        Double.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        16_777_215,
        16_777_216,
        16_777_217,
        16_777_217L,
        16_777_216f,
        16_777_216.0,
        16_777_217.0,
        9_007_199_254_740_992L,
        9_007_199_254_740_993L,
        0x1p53,
        0x1p53f,
        Long.MAX_VALUE,
        0x1p63,
        0x1p63f,
        0.1,
        0.1f,
        (double) 0.1f,
        -16_777_217,
        -0x1p24,
        new Object()
    };

    private static String conditions(SplittableRandom random) {
        StringBuilder text = new StringBuilder(condition(random));
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append(random.nextInt(4) == 0 ? " OR " : " AND ").append(condition(random));
        }
        return text.toString();
    }

    private static String condition(SplittableRandom random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String literal = LITERALS[random.nextInt(LITERALS.length)];
        return switch (random.nextInt(10)) {
            case 0 -> name + " <> " + literal;
            case 1 -> name + " IN ('x', '1')";
            case 2 -> name + " NOT IN ('x', 'z')";
            case 3 -> name;
            case 4 -> "NOT " + name;
            case 5 -> "(" + name + " = " + literal + " OR " + name + " = 1)";
            case 6 -> name + " >= 1";
            case 7 -> literal + " = " + name;
            default -> name + " = " + literal;
        };
    }

    private static Map<String, Object> message(SplittableRandom random) {
        Map<String, Object> message = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(8) > 0) {
                message.put(name, VALUES[random.nextInt(VALUES.length)]);
            }
        }
        return message;
    }

    private void add(String selector) {
        index.add(selector.intern(), Selector.parse(selector));
    }

    private boolean remove(String selector) {
        return index.remove(selector.intern());
    }

    private List<String> matches(Map<String, ?> message) {
        List<String> shown = new ArrayList<>();
        index.match(message::get, shown::add);
        return shown;
    }
}
