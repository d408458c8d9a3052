package org.waybill.cluster.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in the registers: nodes of neighbouring versions read it. */
final class CodecTest {
    @Test
    void aClaimIsVersionEpochMember() {
        assertThat(new Claim(7, 0x12345_0002L).encode()).containsExactly(1, 7, 0x12345_0002L);
        assertThat(Claim.decode(new long[] {1, 7, 0x12345_0002L})).isEqualTo(new Claim(7, 0x12345_0002L));
        assertThat(new Claim(7, 0x12345_0002L).node()).isEqualTo(2);
    }

    @Test
    void anEmptyRegisterIsNoClaimAndNoBeat() {
        assertThat(Claim.decode(Registers.EMPTY)).isEqualTo(Claim.NONE);
        assertThat(Claim.NONE.encode()).isEmpty();
        assertThat(Beat.decode(Registers.EMPTY)).isEqualTo(Beat.NONE);
    }

    @Test
    void aBeatIsVersionCountAndTheShards() {
        Beat beat =
                new Beat(9, List.of(new Standing(65538, 3, Stance.LEADING), new Standing(65538, 4, Stance.FOLLOWING)));

        assertThat(beat.encode()).containsExactly(1, 9, 65538, 3, 4, 65538, 4, 2);
        assertThat(Beat.decode(beat.encode())).isEqualTo(beat);
        assertThat(beat.standing(2)).isEqualTo(Standing.NONE);
    }

    @Test
    void everyStanceHasACodeOfItsOwn() {
        for (Stance stance : Stance.values()) {
            assertThat(Stance.of(stance.code())).isEqualTo(stance);
        }
        assertThat(Stance.of(99)).isEqualTo(Stance.BYSTANDER);
        assertThat(Stance.of(-1)).isEqualTo(Stance.BYSTANDER);
    }

    @Test
    void whatALaterVersionWroteIsRefused() {
        assertThatThrownBy(() -> Claim.decode(new long[] {2, 7, 1})).isInstanceOf(UnreadableValue.class);
        assertThatThrownBy(() -> Claim.decode(new long[] {1, 7})).isInstanceOf(UnreadableValue.class);
        assertThatThrownBy(() -> Beat.decode(new long[] {2, 7})).isInstanceOf(UnreadableValue.class);
        assertThatThrownBy(() -> Beat.decode(new long[] {1, 7, 1})).isInstanceOf(UnreadableValue.class);
        assertThatThrownBy(() -> Beat.decode(new long[] {1})).isInstanceOf(UnreadableValue.class);
    }
}
