package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    private static final PropertySource NO_PROPERTIES = name -> null;

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " \t\f\r\n"})
    void textWithoutAnyWordMatchesEveryMessage(String text) {
        assertThat(Selector.parse(text).matches(NO_PROPERTIES)).isTrue();
    }

    @Test
    void keepsItsText() {
        String text = "  colour = 'blue'\tAND weight>0x10 ";

        assertThat(Selector.parse(text).text()).isEqualTo(text);
        assertThat(Selector.parse(text)).hasToString(text);
    }

    @Test
    void namesEachIdentifierOnceInTheOrderOfTheText() {
        Selector selector = Selector.parse(
                "z = 'a' OR y BETWEEN x AND 3 + w OR v IN ('a') OR u LIKE 'a' OR t IS NULL OR NOT s OR z = -y OR JMSType = 'q'");

        assertThat(selector.identifiers()).containsExactly("z", "y", "x", "w", "v", "u", "t", "s", "JMSType");
        assertThatThrownBy(() -> selector.identifiers().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void asksOnlyForThePropertiesItComesTo() {
        List<String> asked = new ArrayList<>();
        PropertySource source = name -> {
            asked.add(name);
            return name.equals("yes");
        };

        assertThat(Selector.parse("(no AND a) OR yes OR b").matches(source)).isTrue();
        assertThat(asked).containsExactly("no", "yes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_correct IS NULL",
                "$correct IS NULL",
                "größe IS NULL",
                "a1$_ IS NULL",
                "𝒳 IS NULL",
                "Nulls IS NULL AND truely IS NULL AND not1 IS NULL AND betweens IS NULL",
                "lıke IS NULL AND ıs IS NULL",
                "JMSDeliveryMode IS NULL AND JMSPriority IS NULL AND JMSMessageID IS NULL AND JMSTimestamp IS NULL",
                "JMSCorrelationID IS NULL AND JMSType IS NULL AND JMSXGroupID IS NULL AND JMS_vendor IS NULL"
            })
    void takesJavaIdentifiersThatAreNotReserved(String text) {
        assertThat(Selector.parse(text).matches(NO_PROPERTIES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null", "True", "FALSE", "not", "And", "OR", "bEtWeEn", "LIKE", "in", "Is", "escape",
            })
    void refusesReservedWordsAsIdentifiersInAnyCase(String word) {
        assertThatThrownBy(() -> Selector.parse(word + " > 0")).isInstanceOf(SelectorError.class);
        assertThatThrownBy(() -> Selector.parse("0 < " + word)).isInstanceOf(SelectorError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JMSDestination", "JMSReplyTo", "JMSExpiration", "JMSRedelivered", "JMSPriorty"})
    void refusesHeaderFieldsThatNoSelectorMayUse(String name) {
        assertThatThrownBy(() -> Selector.parse("a = 1 AND " + name + " IS NULL"))
                .isInstanceOf(SelectorError.class)
                .hasMessage("column 11: a selector cannot refer to " + name);
    }

    @Test
    void isAsLongAsTheBoundAndNoLonger() {
        String longest = "a = '" + "x".repeat(Selector.MAX_LENGTH_CHARS - 6) + "'";

        assertThat(Selector.parse(longest).matches(NO_PROPERTIES)).isFalse();
        assertThatThrownBy(() -> Selector.parse(longest + " "))
                .isInstanceOfSatisfying(SelectorError.class, error -> assertThat(error.column())
                        .isEqualTo(Selector.MAX_LENGTH_CHARS + 1));
    }

    @Test
    void nestsAsDeepAsTheBoundAndNoDeeper() {
        int depth = Selector.MAX_DEPTH;

        assertThat(Selector.parse("(".repeat(depth) + "TRUE" + ")".repeat(depth))
                        .matches(NO_PROPERTIES))
                .isTrue();
        assertThatThrownBy(() -> Selector.parse("(".repeat(depth + 1) + "TRUE" + ")".repeat(depth + 1)))
                .isInstanceOfSatisfying(
                        SelectorError.class, error -> assertThat(error.column()).isEqualTo(depth + 1));
    }

    @Test
    void countsParenthesesSideBySideAsOneLevel() {
        String text = "(TRUE) AND ".repeat(Selector.MAX_DEPTH * 2) + "(TRUE)";

        assertThat(Selector.parse(text).matches(NO_PROPERTIES)).isTrue();
    }

    @Test
    void takesPatternsUpToTheBoundTogether() {
        String half = "a LIKE '" + "x".repeat(Selector.MAX_PATTERN_CHARS / 2) + "'";
        String both = half + " OR " + half;

        assertThat(Selector.parse(both).matches(NO_PROPERTIES)).isFalse();
        assertThatThrownBy(() -> Selector.parse(both + " OR a LIKE '%'"))
                .isInstanceOfSatisfying(SelectorError.class, error -> assertThat(error.column())
                        .isEqualTo((both + " OR a LIKE '").length()));
    }

    @Test
    void longRowsNeedNoDeepStack() {
        int parts = 6_000;

        assertThat(matches("NOT ".repeat(parts) + "TRUE")).isTrue();
        assertThat(matches("1 = " + "-".repeat(parts) + "1")).isTrue();
        assertThat(matches("a = 1 OR ".repeat(parts) + "TRUE")).isTrue();
        assertThat(matches("1 = 1 AND ".repeat(parts) + "TRUE")).isTrue();
        assertThat(matches(parts + " = 0" + " + 1".repeat(parts))).isTrue();
        assertThat(matches("1 = 1" + " * 1".repeat(parts))).isTrue();
    }

    @Test
    void longNumbersAreReadAsAnyOthers() {
        int digits = Selector.MAX_LENGTH_CHARS / 2;

        assertThat(matches("1" + "_".repeat(digits) + "0.5 = 10.5")).isTrue();
        assertThat(matches("1" + "_0".repeat(digits - 10) + "e-" + (digits - 10) + " = 1.0"))
                .isTrue();
        assertThat(matches("0x" + "0".repeat(digits) + "7 = 7")).isTrue();
        assertThat(matches("0x1." + "0".repeat(digits) + "p3 = 8.0")).isTrue();
    }

    private static boolean matches(String text) {
        return Selector.parse(text).matches(NO_PROPERTIES);
    }
}
