package org.waybill.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.benchmarks.amqp.Decoder;

class MessageTemplateTest {
    @ParameterizedTest
    @ValueSource(ints = {MessageTemplate.STAMP_BYTES, 255, 256, 1024})
    void givesBackItsStampAtEverySize(int bodyBytes) {
        byte[] message = new MessageTemplate(bodyBytes, true, false, false).stamped(123_456_789_000L, 42, 7);

        Decoder decoder = new Decoder().at(message, 0);
        MessageTemplate.seekStamp(decoder);

        assertThat(decoder.u64()).isEqualTo(123_456_789_000L);
        assertThat(decoder.u64()).isEqualTo(42);
        assertThat(decoder.i32()).isEqualTo(7);
        assertThat(message.length).isGreaterThan(bodyBytes);
    }

    @Test
    void carriesAGroupAndATimeBesides() {
        MessageTemplate template = new MessageTemplate(100, true, true, true);
        template.group(17);
        template.deliveryTime(1_900_000_000_000L);
        byte[] message = template.stamped(1, 2, 3);

        Decoder decoder = new Decoder().at(message, 0);
        MessageTemplate.seekStamp(decoder);

        assertThat(decoder.u64()).isEqualTo(1);
        assertThat(message).containsSequence('x', '-', 'o', 'p', 't').containsSequence(0x71, 0, 0, 0, 17);
    }

    @Test
    void refusesABodyWithoutRoomForTheStamp() {
        assertThatThrownBy(() -> new MessageTemplate(MessageTemplate.STAMP_BYTES - 1, false, false, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 20 bytes");
    }
}
