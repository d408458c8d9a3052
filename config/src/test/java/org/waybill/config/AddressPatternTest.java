package org.waybill.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressPatternTest {
    @ParameterizedTest
    @CsvSource({
        "#, a, true",
        "#, a.b.c, true",
        "*, a, true",
        "*, a.b, false",
        "a.b, a.b, true",
        "a.b, a.c, false",
        "a.b, a, false",
        "a.*, a.b, true",
        "a.*, a, false",
        "a.#, a, true",
        "a.#, a.b.c, true",
        "a.#, b, false",
        "#.z, z, true",
        "#.z, a.b.z, true",
        "#.z, a.z.b, false",
        "a.#.z, a.z, true",
        "a.*.z, a.z, false",
        "*.#, a.b, true",
    })
    void matchesWordByWord(String pattern, String address, boolean fits) {
        assertThat(AddressPattern.of(pattern).matches(address)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a*", "#a", "a.**", "##"})
    void refusesEmptyAndMixedWords(String pattern) {
        assertThatThrownBy(() -> AddressPattern.of(pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ordersTheMoreSpecificFirst() {
        List<AddressPattern> ordered =
                List.of("a.b.c", "a.b.*", "a.b", "a.b.#", "a.*", "a.#", "*.b", "*", "*.#", "#.b", "#").stream()
                        .map(AddressPattern::of)
                        .toList();
        List<AddressPattern> sorted = new ArrayList<>(ordered);

        Collections.reverse(sorted);
        Collections.sort(sorted);

        assertThat(sorted).isEqualTo(ordered);
    }
}
