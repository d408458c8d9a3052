package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of Jakarta Messaging 3.1 section 3.8.1, one table each: a selector and its truth. */
class SelectorEvaluationTest {
    private static final Map<String, Object> PROPERTIES = new HashMap<>();

    static {
        PROPERTIES.put("byte7", (byte) 7);
        PROPERTIES.put("short7", (short) 7);
        PROPERTIES.put("int7", 7);
        PROPERTIES.put("long7", 7L);
        PROPERTIES.put("float15", 1.5f);
        PROPERTIES.put("float11", 1.1f);
        PROPERTIES.put("double15", 1.5);
        PROPERTIES.put("nan", Double.NaN);
        PROPERTIES.put("maxInt", Integer.MAX_VALUE);
        PROPERTIES.put("maxLong", Long.MAX_VALUE);
        PROPERTIES.put("minLong", Long.MIN_VALUE);
        PROPERTIES.put("city", "Paris");
        PROPERTIES.put("other", "London");
        PROPERTIES.put("seven", "7");
        PROPERTIES.put("empty", "");
        PROPERTIES.put("quote", "it's");
        PROPERTIES.put("yes", true);
        PROPERTIES.put("no", false);
        PROPERTIES.put("decimal", new BigDecimal("7"));
        PROPERTIES.put("character", 'a');
        PROPERTIES.put("JMSDeliveryMode", "PERSISTENT");
    }

    private static void assertTruth(String text, Truth expected) {
        boolean isTrue = Selector.parse(text).matches(PROPERTIES::get);
        boolean isFalse = Selector.parse("NOT (" + text + ")").matches(PROPERTIES::get);
        assertThat(isTrue ? Truth.TRUE : isFalse ? Truth.FALSE : Truth.UNKNOWN)
                .as(text)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "yes AND yes | TRUE",
                "yes AND no | FALSE",
                "yes AND missing | UNKNOWN",
                "no AND yes | FALSE",
                "no AND no | FALSE",
                "no AND missing | FALSE",
                "missing AND yes | UNKNOWN",
                "missing AND no | FALSE",
                "missing AND missing | UNKNOWN",
                "yes OR yes | TRUE",
                "yes OR no | TRUE",
                "yes OR missing | TRUE",
                "no OR yes | TRUE",
                "no OR no | FALSE",
                "no OR missing | UNKNOWN",
                "missing OR yes | TRUE",
                "missing OR no | UNKNOWN",
                "missing OR missing | UNKNOWN",
                "NOT yes | FALSE",
                "NOT no | TRUE",
                "NOT missing | UNKNOWN",
                "NOT NOT yes | TRUE",
                "TRUE | TRUE",
                "false | FALSE",
                "nOt FaLsE | TRUE",
            })
    void logicHasThreeValues(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "yes OR yes AND no | TRUE",
                "(yes OR yes) AND no | FALSE",
                "NOT no AND no | FALSE",
                "NOT (no AND no) | TRUE",
                "NOT int7 = 8 | TRUE",
                "NOT no OR yes | TRUE",
                "no AND no OR yes | TRUE",
                "int7 BETWEEN 1 AND 9 AND no | FALSE",
                "int7 NOT BETWEEN 1 AND 9 OR yes | TRUE",
                "1 + 2 * 3 = 7 | TRUE",
                "(1 + 2) * 3 = 9 | TRUE",
                "10 - 4 - 3 = 3 | TRUE",
                "24 / 4 / 3 = 2 | TRUE",
                "8 / 4 * 2 = 4 | TRUE",
                "2 - -3 = 5 | TRUE",
                "2 --3 = 5 | TRUE",
                "-2 * -3 = 6 | TRUE",
                "-(2 + 3) = -5 | TRUE",
                "1 + 1 < 1 + 2 | TRUE",
                "((int7)) = ((7)) | TRUE",
                "(int7 = 7) = TRUE | TRUE",
                "(int7 = 7) <> (int7 = 8) | TRUE",
                "(missing = 7) = TRUE | UNKNOWN",
            })
    void operatorsBindByPrecedenceAndFromTheLeft(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "int7 = 7 | TRUE",
                "int7 = 8 | FALSE",
                "int7 <> 7 | FALSE",
                "int7 <> 8 | TRUE",
                "int7 < 7 | FALSE",
                "int7 < 8 | TRUE",
                "int7 <= 7 | TRUE",
                "int7 <= 6 | FALSE",
                "int7 > 7 | FALSE",
                "int7 > 6 | TRUE",
                "int7 >= 7 | TRUE",
                "int7 >= 8 | FALSE",
                "byte7 = short7 AND short7 = int7 AND int7 = long7 AND long7 = byte7 | TRUE",
                "int7 = 7.0 | TRUE",
                "7. = byte7 | TRUE",
                "float15 = double15 | TRUE",
                "float15 < int7 | TRUE",
                "float11 = 1.1 | FALSE",
                "float11 = 1.1f | TRUE",
                "maxLong = 9223372036854775806 | FALSE",
                "maxLong > 9223372036854775806 | TRUE",
                "maxLong = 9223372036854775808.0 | TRUE",
                "16777217 = 16777216f | TRUE",
                "16777217 = 16777216d | FALSE",
                "minLong = -9223372036854775808 | TRUE",
                "nan = nan | FALSE",
                "nan <> nan | TRUE",
                "nan < 1 | FALSE",
                "0.0 = -0.0 | TRUE",
            })
    void numbersCompareUnderJavasPromotion(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "city = 'Paris' | TRUE",
                "city = 'paris' | FALSE",
                "city = 'Paris ' | FALSE",
                "city <> 'London' | TRUE",
                "'Paris' = city | TRUE",
                "city = city | TRUE",
                "city = other | FALSE",
                "empty = '' | TRUE",
                "quote = 'it''s' | TRUE",
                "'''' = '''' | TRUE",
                "'a' = 'a' | TRUE",
                "JMSDeliveryMode = 'PERSISTENT' | TRUE",
                "City = 'Paris' | UNKNOWN",
                "yes = TRUE | TRUE",
                "yes = false | FALSE",
                "yes <> FALSE | TRUE",
                "yes <> no | TRUE",
                "yes = no | FALSE",
            })
    void stringsAndBooleansAreEqualOrNot(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "seven = 7 | FALSE",
                "seven <> 7 | FALSE",
                "seven > 1 | FALSE",
                "seven < 1 | FALSE",
                "1 < seven | FALSE",
                "city < other | FALSE",
                "city > other | FALSE",
                "yes > no | FALSE",
                "yes = 'true' | FALSE",
                "yes <> 'true' | FALSE",
                "yes = 1 | FALSE",
                "int7 = '7' | FALSE",
                "'a' = 1 | FALSE",
                "'a' <> TRUE | FALSE",
                "seven BETWEEN 1 AND 9 | FALSE",
                "seven NOT BETWEEN 1 AND 9 | FALSE",
                "seven + 1 = 8 | UNKNOWN",
                "-seven = -7 | UNKNOWN",
                "+seven = 7 | UNKNOWN",
                "1 + yes > 0 | UNKNOWN",
                "city | UNKNOWN",
                "int7 | UNKNOWN",
                "NOT city | UNKNOWN",
            })
    void unlikeTypesAreNeverConverted(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "missing = 7 | UNKNOWN",
                "7 <> missing | UNKNOWN",
                "missing = missing | UNKNOWN",
                "missing < 7 | UNKNOWN",
                "missing = 'a' | UNKNOWN",
                "missing + 1 = 1 | UNKNOWN",
                "1 - missing = 1 | UNKNOWN",
                "-missing = 1 | UNKNOWN",
                "missing IN ('a') | UNKNOWN",
                "missing NOT IN ('a') | UNKNOWN",
                "missing LIKE '%' | UNKNOWN",
                "missing NOT LIKE '%' | UNKNOWN",
                "missing BETWEEN 1 AND 2 | UNKNOWN",
                "missing NOT BETWEEN 1 AND 2 | UNKNOWN",
                "int7 BETWEEN missing AND 6 | FALSE",
                "int7 BETWEEN missing AND 8 | UNKNOWN",
                "int7 NOT BETWEEN missing AND 6 | TRUE",
                "int7 NOT BETWEEN 8 AND missing | TRUE",
                "missing IS NULL | TRUE",
                "missing IS NOT NULL | FALSE",
                "city is null | FALSE",
                "city Is Not Null | TRUE",
                "no IS NULL | FALSE",
                "empty IS NULL | FALSE",
                "decimal IS NULL | TRUE",
                "decimal = 7 | UNKNOWN",
                "character IS NULL | TRUE",
            })
    void nullIsUnknownUntilAskedFor(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "7 / 2 = 3 | TRUE",
                "-7 / 2 = -3 | TRUE",
                "7 / 2. = 3.5 | TRUE",
                "int7 / 2 = 3 | TRUE",
                "int7 / float15 > 4.66 | TRUE",
                "int7 * double15 = 10.5 | TRUE",
                "byte7 + short7 = 14 | TRUE",
                "byte7 * byte7 * byte7 = 343 | TRUE",
                "maxInt + int7 < 0 | TRUE",
                "maxInt + 7 > 0 | TRUE",
                "maxInt + long7 > 0 | TRUE",
                "maxLong + 1 = minLong | TRUE",
                "-minLong = minLong | TRUE",
                "minLong / -1 = minLong | TRUE",
                "float11 + float11 = 2.2f | TRUE",
                "float11 + float11 = 2.2 | FALSE",
                "float11 + 0.0 = 1.1 | FALSE",
                "int7 / 0 = 1 | UNKNOWN",
                "int7 / 0 <> 1 | UNKNOWN",
                "long7 / (1 - 1) = 1 | UNKNOWN",
                "int7 / 0. > 1000 | TRUE",
                "0. / 0 = 0 | FALSE",
                "-int7 = -7 | TRUE",
                "- -int7 = 7 | TRUE",
                "+int7 = 7 | TRUE",
                "-+-+7 = 7 | TRUE",
                "- -9223372036854775808 = minLong | TRUE",
                "-float15 = -1.5 | TRUE",
            })
    void arithmeticIsJavas(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "int7 BETWEEN 7 AND 7 | TRUE",
                "int7 BETWEEN 1 AND 6 | FALSE",
                "int7 between 8 and 9 | FALSE",
                "int7 BETWEEN 9 AND 1 | FALSE",
                "int7 NOT BETWEEN 7 AND 9 | FALSE",
                "int7 NOT BETWEEN 8 AND 9 | TRUE",
                "int7 + 1 BETWEEN long7 AND 2 * int7 | TRUE",
                "5 BETWEEN 1 AND int7 | TRUE",
                "nan BETWEEN 1 AND 9 | FALSE",
                "nan NOT BETWEEN 1 AND 9 | FALSE",
                "city IN ('Paris') | TRUE",
                "city IN ('London', 'Paris', 'Paris') | TRUE",
                "city in ('London','Rome') | FALSE",
                "city NOT IN ('London') | TRUE",
                "city NOT IN ('Paris') | FALSE",
                "(city) IN ('Paris') | TRUE",
                "int7 IN ('7') | FALSE",
                "int7 NOT IN ('7') | TRUE",
                "city LIKE 'P%' | TRUE",
                "city LIKE 'p%' | FALSE",
                "city NOT LIKE 'P%' | FALSE",
                "city not like '%x%' | TRUE",
                "int7 LIKE '7' | FALSE",
                "int7 NOT LIKE '7' | TRUE",
            })
    void betweenInAndLikeAreShortForms(String text, Truth expected) {
        assertTruth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "int7=7AND1=1 | ERROR",
                "int7=7 AND 1=1 | TRUE",
                "(yes)AND(yes)OR(no) | TRUE",
                "NOT(no) | TRUE",
                "city='Paris'AND yes | TRUE",
                "city IN('Paris') | TRUE",
                "int7<>8 | TRUE",
                "int7< >8 | ERROR",
                "int7>=-7 | TRUE",
                "1--1=2 | TRUE",
            })
    void wordsAreCutByWhiteSpaceOrOperators(String text, String expected) {
        if (expected.equals("ERROR")) {
            assertThat(catchThrowable(() -> Selector.parse(text))).isInstanceOf(SelectorError.class);
        } else {
            assertTruth(text, Truth.valueOf(expected));
        }
    }
}
