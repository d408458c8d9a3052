package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random selectors against a second, naive evaluation that grows with the text; the seed is in each test's name. */
class SelectorRandomTest {
    private static final int SELECTORS = 4_000;
    private static final int MESSAGES_PER_SELECTOR = 4;
    private static final int GARBAGE_TEXTS = 20_000;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20_261_122, -7_046_029_254_386_353_131L, 815})
    void agreesWithNaiveEvaluation(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Generator generator = new Generator(random);
        int[] outcomes = new int[2];
        for (int i = 0; i < SELECTORS; i++) {
            Node node = generator.or(4);
            Selector selector = Selector.parse(node.text());
            for (int j = 0; j < MESSAGES_PER_SELECTOR; j++) {
                Map<String, Object> message = generator.message();
                boolean expected = Boolean.TRUE.equals(node.naive().value(message));
                Set<String> asked = new HashSet<>();
                boolean actual = selector.matches(name -> {
                    asked.add(name);
                    return message.get(name);
                });
                assertThat(actual)
                        .as("seed %d, %s on %s", seed, node.text(), message)
                        .isEqualTo(expected);
                assertThat(selector.identifiers()).as(node.text()).containsAll(asked);
                outcomes[expected ? 1 : 0]++;
            }
        }
        // A generator gone wrong would compare nothing but misses.
        assertThat(outcomes[0]).isGreaterThan(SELECTORS / 4);
        assertThat(outcomes[1]).isGreaterThan(SELECTORS / 4);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {2, 4_711, -1, 99_991})
    void garbageIsRefusedInOneLineOrEvaluates(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Generator generator = new Generator(random);
        for (int i = 0; i < GARBAGE_TEXTS; i++) {
            String text = random.nextBoolean()
                    ? garbage(random)
                    : damaged(generator.or(3).text(), random);
            try {
                Selector.parse(text).matches(generator.message()::get);
            } catch (SelectorError error) {
                assertThat(error.column()).as("seed %d, %s", seed, text).isBetween(1, text.length() + 1);
                assertThat(error.getMessage())
                        .as("seed %d, %s", seed, text)
                        .startsWith("column " + error.column() + ": ")
                        .doesNotContainPattern("\\p{Cntrl}");
            }
        }
    }

    private static String garbage(SplittableRandom random) {
        String[] words = {
            "a",
            "JMSType",
            "JMSFoo",
            "'",
            "''",
            "'x'",
            "1",
            "0x",
            "1e",
            ".",
            "7.",
            "09",
            "(",
            ")",
            ",",
            "=",
            "<",
            ">",
            "+",
            "-",
            "*",
            "/",
            "!",
            "\"",
            "_",
            "%",
            "AND",
            "OR",
            "NOT",
            "BETWEEN",
            "IN",
            "LIKE",
            "ESCAPE",
            "IS",
            "NULL",
            "TRUE",
            "\0",
            "\n",
            "\ud83d",
            "\ude00",
            "ß",
            "\u2028",
            "99999999999999999999",
            "1e999"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(
                    random.nextInt(8) == 0
                            ? Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1))
                            : words[random.nextInt(words.length)]);
            text.append(random.nextBoolean() ? " " : "");
        }
        return text.toString();
    }

    private static String damaged(String text, SplittableRandom random) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(4));
        String inserted = random.nextBoolean() ? "" : Character.toString(' ' + random.nextInt(95));
        return text.substring(0, from) + inserted + text.substring(to);
    }

    /** What a text means, written without a look at the tree. */
    private interface Naive {
        @Nullable
        Object value(Map<String, Object> message);
    }

    private record Node(String text, Naive naive) {}

    private static final class Generator {
        private static final String[] NAMES = {"a", "b", "c", "d", "_e", "$f"};
        private static final String[] STRINGS = {"", "a", "b", "ab", "a'b", "a_b", "a%b", "aab", "ba", "7"};
        private static final String[] PATTERNS = {
            "", "%", "_", "a%", "%b", "a_b", "a!_b", "a!%b", "%a%", "a%b%a", "%a%b", "_%a_b%", "_%b", "a''b", "!!"
        };
        private static final long[] WHOLE_NUMBERS = {0, 1, 2, 7, 100, Integer.MAX_VALUE, 1L << 33, Long.MAX_VALUE};
        private static final String[] FRACTIONS = {"0.0", "1.5", "7.", "2e0", ".25", "1.1f", "1e300", "0x1p-1"};

        private final SplittableRandom random;

        Generator(SplittableRandom random) {
            this.random = random;
        }

        Map<String, Object> message() {
            Map<String, Object> message = new HashMap<>();
            for (String name : NAMES) {
                long number = WHOLE_NUMBERS[random.nextInt(WHOLE_NUMBERS.length)];
                number = random.nextBoolean() ? number : -number;
                switch (random.nextInt(10)) {
                    case 0 -> message.put(name, (byte) number);
                    case 1 -> message.put(name, (short) number);
                    case 2 -> message.put(name, (int) number);
                    case 3 -> message.put(name, number);
                    case 4 -> message.put(name, number / 4f);
                    case 5 -> message.put(name, number / 4d);
                    case 6, 7 -> message.put(name, STRINGS[random.nextInt(STRINGS.length)]);
                    case 8 -> message.put(name, random.nextBoolean());
                    default -> {}
                }
            }
            return message;
        }

        Node or(int depth) {
            Node left = and(depth);
            if (random.nextInt(3) > 0) {
                return left;
            }
            Node right = or(depth - 1);
            return new Node(left.text + gap() + keyword("OR") + gap() + right.text, message -> {
                Object l = asCondition(left.naive.value(message));
                Object r = asCondition(right.naive.value(message));
                if (Boolean.TRUE.equals(l) || Boolean.TRUE.equals(r)) {
                    return true;
                }
                return l == null || r == null ? null : (Object) false;
            });
        }

        private Node and(int depth) {
            Node left = not(depth);
            if (random.nextInt(3) > 0) {
                return left;
            }
            Node right = and(depth - 1);
            return new Node(left.text + gap() + keyword("AND") + gap() + right.text, message -> {
                Object l = asCondition(left.naive.value(message));
                Object r = asCondition(right.naive.value(message));
                if (Boolean.FALSE.equals(l) || Boolean.FALSE.equals(r)) {
                    return false;
                }
                return l == null || r == null ? null : (Object) true;
            });
        }

        private Node not(int depth) {
            Node part = predicate(depth);
            if (random.nextInt(4) > 0) {
                return part;
            }
            return new Node(keyword("NOT") + gap() + part.text, message -> {
                Object value = asCondition(part.naive.value(message));
                return value == null ? null : (Object) value.equals(false);
            });
        }

        private Node predicate(int depth) {
            return switch (random.nextInt(depth > 0 ? 12 : 8)) {
                case 0 -> name();
                case 1, 2 -> comparison(sum(depth), random.nextInt(6), sum(depth));
                case 3 -> comparison(stringOrName(), random.nextInt(2), stringOrName());
                case 4 -> isNull();
                case 5 -> in();
                case 6 -> like();
                case 7 -> between(depth);
                case 8 -> comparison(parentheses(or(depth - 2)), random.nextInt(2), booleanLiteral());
                default -> parentheses(or(depth - 1));
            };
        }

        private Node comparison(Node left, int index, Node right) {
            String operator = new String[] {"=", "<>", "<", "<=", ">", ">="}[index];
            return new Node(
                    left.text + maybeGap() + operator + maybeGap() + right.text,
                    message -> compare(left.naive.value(message), operator, right.naive.value(message)));
        }

        private Node isNull() {
            Node name = name();
            boolean isNegated = random.nextBoolean();
            return new Node(
                    name.text
                            + gap()
                            + keyword("IS")
                            + gap()
                            + (isNegated ? keyword("NOT") + gap() : "")
                            + keyword("NULL"),
                    message -> isNegated ? name.naive.value(message) != null : name.naive.value(message) == null);
        }

        private Node in() {
            Node name = name();
            List<String> strings = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                strings.add(STRINGS[random.nextInt(STRINGS.length)]);
            }
            List<String> quoted = strings.stream().map(Generator::quoted).toList();
            return negatable(
                    name,
                    "IN",
                    maybeGap() + "(" + String.join(maybeGap() + "," + maybeGap(), quoted) + ")",
                    value -> strings.contains(value));
        }

        private Node like() {
            Node name = name();
            String pattern = PATTERNS[random.nextInt(PATTERNS.length)];
            StringBuilder regex = new StringBuilder();
            for (int i = 0; i < pattern.length(); i++) {
                char c = pattern.charAt(i);
                if (c == '!' || c == '\'') {
                    regex.append(Pattern.quote(pattern.substring(++i, i + 1)));
                } else {
                    regex.append(c == '_' ? "." : c == '%' ? ".*" : Pattern.quote("" + c));
                }
            }
            Pattern compiled = Pattern.compile(regex.toString(), Pattern.DOTALL);
            String escape = pattern.contains("!") ? gap() + keyword("ESCAPE") + gap() + "'!'" : "";
            return negatable(
                    name,
                    "LIKE",
                    gap() + "'" + pattern + "'" + escape,
                    value -> value instanceof String string
                            && compiled.matcher(string).matches());
        }

        private Node negatable(Node name, String operator, String rest, Predicate<Object> test) {
            boolean isNegated = random.nextBoolean();
            return new Node(
                    name.text + gap() + (isNegated ? keyword("NOT") + gap() : "") + keyword(operator) + rest,
                    message -> {
                        Object value = name.naive.value(message);
                        return value == null ? null : (Object) (test.test(value) != isNegated);
                    });
        }

        private Node between(int depth) {
            Node value = sum(depth);
            Node low = sum(depth - 1);
            Node high = sum(depth - 1);
            boolean isNegated = random.nextBoolean();
            String text = value.text
                    + gap()
                    + (isNegated ? keyword("NOT") + gap() : "")
                    + keyword("BETWEEN")
                    + gap()
                    + low.text
                    + gap()
                    + keyword("AND")
                    + gap()
                    + high.text;
            return new Node(text, message -> {
                Boolean one = compare(value.naive.value(message), isNegated ? "<" : ">=", low.naive.value(message));
                Boolean other = compare(value.naive.value(message), isNegated ? ">" : "<=", high.naive.value(message));
                // OR is true at the first true one, AND false at the first false one.
                if ((one != null && one == isNegated) || (other != null && other == isNegated)) {
                    return isNegated;
                }
                return one == null || other == null ? null : (Object) !isNegated;
            });
        }

        private Node sum(int depth) {
            Node sum = product(depth);
            while (random.nextInt(4) == 0) {
                sum = calculation(sum, random.nextBoolean() ? '+' : '-', product(depth - 1));
            }
            return sum;
        }

        private Node product(int depth) {
            Node product = signed(depth);
            while (random.nextInt(4) == 0) {
                product = calculation(product, random.nextBoolean() ? '*' : '/', signed(depth - 1));
            }
            return product;
        }

        private Node calculation(Node left, char operator, Node right) {
            return new Node(
                    left.text + maybeGap() + operator + maybeGap() + right.text,
                    message -> calculate(left.naive.value(message), operator, right.naive.value(message)));
        }

        private Node signed(int depth) {
            Node operand = random.nextInt(4) == 0 && depth > 0 ? parentheses(sum(depth - 1)) : numberOrName();
            return switch (random.nextInt(6)) {
                case 0 -> new Node("-" + maybeGap() + operand.text, message -> negated(operand.naive.value(message)));
                case 1 -> new Node(
                        "+" + maybeGap() + operand.text,
                        message -> operand.naive.value(message) instanceof Number number ? number : null);
                default -> operand;
            };
        }

        private Node numberOrName() {
            if (random.nextBoolean()) {
                return name();
            }
            if (random.nextBoolean()) {
                String fraction = FRACTIONS[random.nextInt(FRACTIONS.length)];
                Object value = fraction.endsWith("f") ? (Object) Float.valueOf(fraction) : Double.valueOf(fraction);
                return new Node(fraction, message -> value);
            }
            long number = WHOLE_NUMBERS[random.nextInt(WHOLE_NUMBERS.length)];
            String text =
                    switch (random.nextInt(4)) {
                        case 0 -> "0x" + Long.toHexString(number);
                        case 1 -> "0" + Long.toOctalString(number);
                        case 2 -> number + "L";
                        default -> Long.toString(number);
                    };
            return new Node(text, message -> number);
        }

        private Node stringOrName() {
            if (random.nextBoolean()) {
                return name();
            }
            String string = STRINGS[random.nextInt(STRINGS.length)];
            return new Node(quoted(string), message -> string);
        }

        private Node booleanLiteral() {
            boolean value = random.nextBoolean();
            return new Node(keyword(value ? "TRUE" : "FALSE"), message -> value);
        }

        private Node name() {
            String name = NAMES[random.nextInt(NAMES.length)];
            return new Node(name, message -> message.get(name));
        }

        private Node parentheses(Node inner) {
            return new Node("(" + maybeGap() + inner.text + maybeGap() + ")", inner.naive);
        }

        private String keyword(String word) {
            StringBuilder text = new StringBuilder();
            word.chars().forEach(c -> text.append((char) (random.nextInt(4) == 0 ? Character.toLowerCase(c) : c)));
            return text.toString();
        }

        private String gap() {
            return new String[] {" ", "  ", "\t", "\n", "\r\n", "\f"}[random.nextInt(6)];
        }

        private String maybeGap() {
            return random.nextBoolean() ? "" : gap();
        }

        private static String quoted(String string) {
            return "'" + string.replace("'", "''") + "'";
        }

        private static @Nullable Object asCondition(@Nullable Object value) {
            return value instanceof Boolean ? value : null;
        }

        private static @Nullable Boolean compare(@Nullable Object left, String operator, @Nullable Object right) {
            if (left == null || right == null) {
                return null;
            }
            if (!(left instanceof Number l) || !(right instanceof Number r)) {
                boolean isEqual = left.equals(right);
                boolean isAlike = left.getClass().equals(right.getClass());
                return operator.equals("=") ? isEqual : operator.equals("<>") && isAlike && !isEqual;
            }
            boolean isLess;
            boolean isEqual;
            if (l instanceof Double || r instanceof Double) {
                isLess = l.doubleValue() < r.doubleValue();
                isEqual = l.doubleValue() == r.doubleValue();
            } else if (l instanceof Float || r instanceof Float) {
                isLess = l.floatValue() < r.floatValue();
                isEqual = l.floatValue() == r.floatValue();
            } else {
                isLess = l.longValue() < r.longValue();
                isEqual = l.longValue() == r.longValue();
            }
            boolean isNan = Double.isNaN(l.doubleValue()) || Double.isNaN(r.doubleValue());
            return switch (operator) {
                case "=" -> isEqual;
                case "<>" -> !isEqual;
                case "<" -> isLess;
                case "<=" -> isLess || isEqual;
                case ">" -> !isLess && !isEqual && !isNan;
                default -> !isLess && !isNan;
            };
        }

        private static @Nullable Object negated(@Nullable Object value) {
            return value instanceof Double d
                    ? (Object) (-1 * d)
                    : value instanceof Float f ? (Object) (-1 * f) : calculate(0, '-', value);
        }

        private static @Nullable Object calculate(@Nullable Object left, char operator, @Nullable Object right) {
            if (!(left instanceof Number l) || !(right instanceof Number r)) {
                return null;
            }
            if (l instanceof Double || r instanceof Double) {
                double a = l.doubleValue();
                double b = r.doubleValue();
                return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
            }
            if (l instanceof Float || r instanceof Float) {
                float a = l.floatValue();
                float b = r.floatValue();
                return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
            }
            if (operator == '/' && r.longValue() == 0) {
                return null;
            }
            if (l instanceof Long || r instanceof Long) {
                long a = l.longValue();
                long b = r.longValue();
                return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
            }
            int a = l.intValue();
            int b = r.intValue();
            return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
        }
    }
}
