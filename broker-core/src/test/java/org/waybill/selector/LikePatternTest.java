package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikePatternTest {
    private static boolean like(String value, String pattern, String escape) {
        String text = "v LIKE '" + pattern + "'" + (escape.isEmpty() ? "" : " ESCAPE '" + escape + "'");
        return Selector.parse(text).matches(name -> value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            quoteCharacter = '"',
            value = {
                "12%3 | 123 | true",
                "12%3 | 12993 | true",
                "12%3 | 1234 | false",
                "l_se | lose | true",
                "l_se | loose | false",
                "l_se | lse | false",
                "\"\" | \"\" | true",
                "\"\" | a | false",
                "% | \"\" | true",
                "% | anything | true",
                "%% | \"\" | true",
                "_ | \"\" | false",
                "_ | a | true",
                "_ | ab | false",
                "_% | a | true",
                "%_ | \"\" | false",
                "%_% | a | true",
                "__ | ab | true",
                "a% | a | true",
                "a% | ba | false",
                "%a | bca | true",
                "%a | ab | false",
                "%a% | bab | true",
                "a%b%c | abc | true",
                "a%b%c | aXbXbXc | true",
                "a%b%c | acb | false",
                "%ab%ab | ab | false",
                "%aab | aaab | true",
                "%a_b | aabab | false",
                "%a_b | aabaab | true",
                "%abc%abd | abcabcabd | true",
                "a.c | abc | false",
                "a.c | a.c | true",
                "[a]* | [a]* | true",
                "\\d | \\d | true",
                "A% | abc | false",
            })
    void wildcardsStandForOneOrAnyCharacters(String pattern, String value, boolean isLike) {
        assertThat(like(value, pattern, "")).isEqualTo(isLike);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\\_% | \\ | _foo | true",
                "\\_% | \\ | bar | false",
                "10!% | ! | 10% | true",
                "10!% | ! | 100 | false",
                "a!!b | ! | a!b | true",
                "a!!!%b | ! | a!%b | true",
                "a!!%b | ! | a!xxb | true",
                "a%%b | % | a%b | true",
                "a%%b | % | axb | false",
                "a__b | _ | a_b | true",
                "a_%b | _ | a%b | true",
                "a%_b | % | a_b | true",
                "'' | '' | ' | ERROR",
                "a''_b | '' | a_b | true",
                "a😀_b | 😀 | a_b | true",
                "abc | ! | abc | true",
            })
    void escapeTakesTheMeaningFromWildcards(String pattern, String escape, String value, String expected) {
        if (expected.equals("ERROR")) {
            assertThatThrownBy(() -> like(value, pattern, escape)).isInstanceOf(SelectorError.class);
        } else {
            assertThat(like(value, pattern, escape)).isEqualTo(Boolean.parseBoolean(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc!", "!abc", "a!bc", "!!!", "%!"})
    void refusesEscapeBeforeAnythingElse(String pattern) {
        assertThatThrownBy(() -> like("", pattern, "!"))
                .isInstanceOf(SelectorError.class)
                .hasMessage("column 8: in this pattern the escape character ! does not stand before _, % or itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "'ab'", "'😀😀'"})
    void refusesEscapeThatIsNotOneCharacter(String escape) {
        assertThatThrownBy(() -> Selector.parse("v LIKE 'a' ESCAPE " + escape))
                .isInstanceOf(SelectorError.class)
                .hasMessageStartingWith("column 19: ESCAPE takes one character, not the string " + escape);
    }

    @Test
    void characterIsUnicodeCodePoint() {
        assertThat(like("😀", "_", "")).isTrue();
        assertThat(like("😀", "__", "")).isFalse();
        assertThat(like("a😀b", "a%b", "")).isTrue();
        assertThat(like("😀😁", "%_😁", "")).isTrue();
        assertThat(like("😀", "%\uDE00", "")).isFalse();
        assertThat(like("\uD83D", "_", "")).isTrue();
    }

    @Test
    void lineEndsAreOrdinaryCharacters() {
        assertThat(like("a\nb\r\nc", "a_b%c", "")).isTrue();
    }
}
