package org.waybill.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.selector.Token.Kind;

class NumeralsTest {
    private static Number read(String text, boolean isNegative) {
        Token token = new Lexer(text, Dialect.SELECTOR).next();
        assertThat(token).isEqualTo(new Token(Kind.NUMBER, text, 1));
        return Numerals.read(token, isNegative, Dialect.SELECTOR);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                arguments("0", 0L),
                arguments("57", 57L),
                arguments("57L", 57L),
                arguments("57l", 57L),
                arguments("1_000_000", 1_000_000L),
                arguments("9223372036854775807", Long.MAX_VALUE),
                arguments("0x1F", 0x1FL),
                arguments("0Xfd", 0xfdL),
                arguments("0xFFFF_FFFF", 0xFFFF_FFFFL),
                arguments("0xFFFFFFFFFFFFFFFF", -1L),
                arguments("0x7FFFFFFFFFFFFFFFL", Long.MAX_VALUE),
                arguments("017", 017L),
                arguments("0_7", 0_7L),
                arguments("00", 0L),
                arguments("01777777777777777777777", -1L),
                arguments("0b101", 5L),
                arguments("7.", 7.0),
                arguments(".5", .5),
                arguments("0.", 0.0),
                arguments("0.0e10", 0.0),
                arguments("6.2", 6.2),
                arguments("7E3", 7E3),
                arguments("57.9e+2", 57.9e2),
                arguments("57.9e-2", 57.9e-2),
                arguments("1_0.2_5e1_0", 1_0.2_5e1_0),
                arguments("1__0.0", 10.0),
                arguments("1d", 1.0),
                arguments("1.5D", 1.5),
                arguments("1.1f", 1.1f),
                arguments("1F", 1f),
                arguments("09.5", 9.5),
                arguments("0x1p3", 0x1p3),
                arguments("0x1.8P-1", 0x1.8P-1),
                arguments("0xA_A.8p0f", 0xA_A.8p0f),
                arguments("4.9e-324", Double.MIN_VALUE),
                arguments("1.7976931348623157e308", Double.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void readsJavasLiterals(String text, Number expected) {
        assertThat(read(text, false)).isEqualTo(expected);
        assertThat(read(text, true)).isEqualTo(Promotion.negate(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "9223372036854775808L", "9_223_372_036_854_775_808"})
    void smallestLongStandsOnlyBehindMinus(String text) {
        assertThat(read(text, true)).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> read(text, false))
                .isInstanceOf(SelectorError.class)
                .hasMessageContaining("beyond the range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1a",
                "1uncorrect",
                "08",
                "0x",
                "0xG",
                "0b2",
                "0b",
                "1_",
                "0x_1",
                "1__L",
                "1.2.3",
                "1..2",
                "1e",
                "1e+",
                "1.e",
                "1_.5",
                "1._5",
                "1.5_",
                "1e_5",
                "0x1.8",
                "0x.p1",
                "0x1p",
                "1ff",
                "1fd",
                "1Lf",
                "1٣",
                "0b1e1",
                "12$",
                "1.5L"
            })
    void refusesWhatOnlyBeginsAsNumber(String text) {
        assertThatThrownBy(() -> read(text, false))
                .isInstanceOf(SelectorError.class)
                .hasMessageContaining(text + " is no number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775809",
                "0x1FFFFFFFFFFFFFFFF",
                "02777777777777777777777",
                "1e309",
                "1e-325",
                "1e39f",
                "1e-46f",
                "0x1p1024",
                "0x1p-1080"
            })
    void refusesWhatIsBeyondTheRange(String text) {
        assertThatThrownBy(() -> read(text, true))
                .isInstanceOf(SelectorError.class)
                .hasMessageNotContaining("is no number");
    }
}
