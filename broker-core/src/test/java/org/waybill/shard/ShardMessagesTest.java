package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.shard.ShardMessage.Arrived;
import org.waybill.shard.ShardMessage.CommitAtOnce;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.shard.ShardMessage.MoveTaken;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

final class ShardMessagesTest {
    private static final TransactionId LOCAL = TransactionId.local(new UUID(0x0102030405060708L, 0x090A0B0C0D0E0F10L));
    private static final String LOCAL_HEX = "01" + "10" + "0102030405060708090a0b0c0d0e0f10";
    private static final TransactionId BRANCH = TransactionId.branch(32, new byte[] {1, 2}, new byte[] {9});
    private static final String BRANCH_HEX = "02" + "08" + "00000020" + "02" + "0102" + "09";

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(new Conclude(BRANCH, true), "01" + BRANCH_HEX + "01"),
                Arguments.of(new Conclude(LOCAL, false), "01" + LOCAL_HEX + "00"),
                Arguments.of(
                        new Prepare(BRANCH, -1, 0x0102030405060708L),
                        "02" + BRANCH_HEX + "ffffffffffffffff" + "0102030405060708"),
                Arguments.of(
                        new CommitAtOnce(BRANCH, 7, 8), "03" + BRANCH_HEX + "0000000000000007" + "0000000000000008"),
                Arguments.of(new EndWanted(BRANCH), "04" + BRANCH_HEX),
                Arguments.of(
                        new Arrived(BRANCH, new WorkId(new UUID(1, 2), 300), 7, true, 1, 2),
                        "14" + BRANCH_HEX + "0000000000000001" + "0000000000000002" + "ac02" + "0000000000000007" + "01"
                                + "01" + "02"),
                Arguments.of(new EndKnown(BRANCH, true), "15" + BRANCH_HEX + "01"),
                Arguments.of(
                        new Promised(LOCAL, 0, 7, true, 2, 200),
                        "10" + LOCAL_HEX + "0000000000000000" + "0000000000000007" + "01" + "02" + "c801"),
                Arguments.of(
                        new Refused(LOCAL, 3, new BrokerError(BrokerError.Code.NOT_FOUND, "gone")),
                        "11" + LOCAL_HEX + "0000000000000003" + "09" + "4e4f545f464f554e44" + "04" + "676f6e65"),
                Arguments.of(
                        new InDoubt(BRANCH, 0, true, true, 1, 2),
                        "12" + BRANCH_HEX + "0000000000000000" + "03" + "01" + "02"),
                Arguments.of(
                        new InDoubt(BRANCH, 9, false, true, 0, 0),
                        "12" + BRANCH_HEX + "0000000000000009" + "02" + "00" + "00"),
                Arguments.of(new Concluded(LOCAL, true), "13" + LOCAL_HEX + "01"));
    }

    static Stream<Arguments> moves() throws DecodeError {
        Message message = Message.of(HexFormat.of().parseHex("005377a10141"), 0);
        Message odd = Message.of(message.bytes(), -1);
        String hex = "06005377a10141";
        return Stream.of(
                Arguments.of(
                        new Move(
                                299,
                                List.of(
                                        new Move.One(300, new Move.Letter("q", message)),
                                        new Move.One(302, new Move.Letter("r", odd)))),
                        "05" + "ab02" + "02" + "ac02" + "017100" + "00" + hex + "ae02" + "017200" + "ffffffff0f" + hex),
                Arguments.of(
                        new Move(
                                0, List.of(new Move.One(1, new Move.Content("q", message, 7, 8, 9, new byte[] {-63})))),
                        "05" + "00" + "01" + "01" + "017101" + "00" + hex + "07" + "08" + "09" + "01c1"),
                Arguments.of(
                        new Move(0, List.of(new Move.One(1, new Move.Handover("q", 3, List.of(new byte[] {14, 1}))))),
                        "05" + "00" + "01" + "01" + "017102" + "03" + "01" + "020e01"),
                Arguments.of(
                        new MoveTaken(
                                302, List.of(new MovesIn.Refusal(300, new BrokerError(BrokerError.Code.MOVED, "no")))),
                        "16" + "ae02" + "01" + "ac02" + "054d4f564544" + "026e6f"));
    }

    @ParameterizedTest
    @MethodSource("moves")
    void whatIsSaidAboutMovesIsTheBytesThatAreDocumented(ShardMessage message, String hex) {
        byte[] bytes = ShardMessages.encode(message);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
        assertThat(ShardMessages.encode(ShardMessages.decode(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageIsTheBytesThatAreDocumentedAndComesBackFromThem(ShardMessage message, String hex) {
        byte[] bytes = ShardMessages.encode(message);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
        assertThat(ShardMessages.decode(bytes)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource({"messages", "moves"})
    void aMessageThatIsCutShortIsNoMessage(ShardMessage message, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ShardMessages.decode(cut))
                    .as("%s, %d bytes of it", message, cut.length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> ShardMessages.decode(HexFormat.of().parseHex("7f" + BRANCH_HEX)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127");
    }
}
