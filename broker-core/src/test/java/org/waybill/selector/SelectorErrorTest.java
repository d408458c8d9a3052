package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorErrorTest {
    private static SelectorError error(String text) {
        SelectorError error = catchThrowableOfType(SelectorError.class, () -> Selector.parse(text));
        assertThat(error).as(text).isNotNull();
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Syntax.
                "a = | 4 | expected a name, a literal or ( but found the end",
                "= 1 | 1 | expected a name, a literal or ( but found =",
                "a = 1 b | 7 | expected an operator or the end but found b",
                "a = 1 = 1 | 7 | expected an operator or the end but found =",
                "a < 1 < 2 | 7 | expected an operator or the end but found <",
                "a = NOT b | 5 | expected a name, a literal or ( but found NOT",
                "(a = 1 | 7 | expected ) but found the end",
                "a = 1) | 6 | expected an operator or the end but found )",
                "() | 2 | expected a name, a literal or ( but found )",
                "a AND | 6 | expected a name, a literal or ( but found the end",
                "a AND OR b | 7 | expected a name, a literal or ( but found OR",
                "a IS 'null' | 6 | expected NULL but found the string 'null'",
                "a IS NOT | 9 | expected NULL but found the end",
                "a NOT = 1 | 7 | expected BETWEEN, IN or LIKE but found =",
                "a NOT IS NULL | 7 | expected BETWEEN, IN or LIKE but found IS",
                "a = NULL | 5 | NULL is no value; ask for it with IS NULL",
                "a IN 'x' | 6 | expected ( but found the string 'x'",
                "a IN () | 7 | expected a string but found )",
                "a IN ('x',) | 11 | expected a string but found )",
                "a IN ('x' 'y') | 11 | expected , or ) but found the string 'y'",
                "a IN (1, 2) | 7 | expected a string but found 1",
                "a IN (b) | 7 | expected a string but found b",
                "a LIKE 1 | 8 | expected a string but found 1",
                "a LIKE b | 8 | expected a string but found b",
                "a LIKE 'x' ESCAPE | 18 | expected a string but found the end",
                "a LIKE 'x' ESCAPE 1 | 19 | expected a string but found 1",
                "a BETWEEN 1 OR 2 | 13 | expected AND but found OR",
                "a BETWEEN 1, 2 | 12 | expected AND but found ,",
                // Words.
                "a = 'x | 5 | the string that begins here has no closing quote",
                "a = 'x'' | 5 | the string that begins here has no closing quote",
                "a = ' | 5 | the string that begins here has no closing quote",
                "a = \"x\" | 5 | strings stand in single quotes",
                "a != 1 | 3 | '!' is no operator; unequal is <>",
                "a == 1 | 4 | expected a name, a literal or ( but found =",
                "a = #1 | 5 | unexpected character #",
                "%uncorrect IS NULL | 1 | unexpected character %",
                "a.b = 1 | 2 | unexpected character .",
                "a-b = ; | 7 | unexpected character ;",
                "1uncorrect IS NULL | 1 | 1uncorrect is no number; if a name was meant: names begin with a letter, _ or $",
                "a = 1 OR a = 99999999999999999999 | 14 | 99999999999999999999 is beyond the range of a 64-bit number",
                // Types.
                "1 | 1 | a condition must stand here, but this is a number",
                "'a' | 1 | a condition must stand here, but this is a string",
                "a + 1 | 1 | a condition must stand here, but this is a number",
                "-a | 1 | a condition must stand here, but this is a number",
                "NOT 5 | 5 | a condition must stand here, but this is a number",
                "a AND 5 | 7 | a condition must stand here, but this is a number",
                "'x' OR a | 1 | a condition must stand here, but this is a string",
                "a OR (1 + 2) | 6 | a condition must stand here, but this is a number",
                "'a' > 1 | 1 | > takes numbers, but this is a string",
                "1 <= 'a' | 6 | <= takes numbers, but this is a string",
                "a < 'b' | 5 | < takes numbers, but this is a string",
                "TRUE > 0 | 1 | > takes numbers, but this is a condition",
                "a >= FALSE | 6 | >= takes numbers, but this is a condition",
                "(a = 1) < 2 | 1 | < takes numbers, but this is a condition",
                "a = 1 + 'x' | 9 | + takes numbers, but this is a string",
                "a = 'x' * 2 | 5 | * takes numbers, but this is a string",
                "a = 1 - -'x' | 10 | - takes numbers, but this is a string",
                "a = TRUE / 2 | 5 | / takes numbers, but this is a condition",
                "'x' BETWEEN 1 AND 2 | 1 | BETWEEN takes numbers, but this is a string",
                "a BETWEEN 'x' AND 2 | 11 | BETWEEN takes numbers, but this is a string",
                "a BETWEEN 1 AND 'x' | 17 | BETWEEN takes numbers, but this is a string",
                "'x' LIKE 'x' | 1 | LIKE takes the name of a property, but this is another expression",
                "1 LIKE 'x' | 1 | LIKE takes the name of a property, but this is another expression",
                "b = 1 OR 'x' IN ('x') | 10 | IN takes the name of a property, but this is another expression",
                "a + 1 IS NULL | 1 | IS NULL takes the name of a property, but this is another expression",
            })
    void pointsAtTheColumn(String text, int column, String problem) {
        SelectorError error = error(text);

        assertThat(error).hasMessage("column " + column + ": " + problem);
        assertThat(error.column()).isEqualTo(column);
    }

    @Test
    void countsColumnsOverLines() {
        assertThat(error("a = 1\r\nAND )").column()).isEqualTo(12);
    }

    @Test
    void showsHostileTextInOneShortLine() {
        assertThat(error("a = 1 '" + "x\n\u001b[2J\u202e\u2028".repeat(1_000) + "'"))
                .hasMessageMatching("[ -~]{1,300}")
                .hasMessageContaining("'x\\u{a}\\u{1b}[2J\\u{202e}\\u{2028}x")
                .hasMessageEndingWith("...'");
        assertThat(error("\u0007")).hasMessage("column 1: unexpected character \\u{7}");
        assertThat(error("\ud83d")).hasMessage("column 1: unexpected character \\u{d83d}");
    }
}
