package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.waybill.shard.BranchRequest.Verb;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;
import org.waybill.tx.TransactionId;

final class TransactionSlotsTest {
    private static final TransactionId BRANCH = TransactionId.branch(32, new byte[] {1, 2}, new byte[] {9});
    private static final String BRANCH_HEX = "02" + "08" + "00000020" + "02" + "0102" + "09";
    private static final WorkId WORK = new WorkId(new UUID(1, 2), 3);
    private static final String WORK_HEX = "0000000000000001" + "0000000000000002" + "03";

    private static String text(String value) {
        return HexFormat.of().formatHex(new Bytes().putText(value).copy());
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(
                        new BranchRequest.Start(BRANCH, WORK, Branches.Start.NEW, null, 1_000),
                        "01" + BRANCH_HEX + WORK_HEX + text("NEW") + "00" + "e807"),
                Arguments.of(
                        new BranchRequest.Start(BRANCH, WORK, Branches.Start.RESUME, WORK, 0),
                        "01" + BRANCH_HEX + WORK_HEX + text("RESUME") + "01" + WORK_HEX + "00"),
                Arguments.of(
                        new BranchRequest.End(BRANCH, WORK, Branches.End.SUSPEND, new int[] {0, 2}),
                        "02" + BRANCH_HEX + WORK_HEX + text("SUSPEND") + "02" + "00" + "02"),
                Arguments.of(new BranchRequest.Broken(WORK, "why"), "03" + WORK_HEX + "03" + "776879"),
                Arguments.of(new BranchRequest.Whole(BRANCH, Verb.OUTCOME), "04" + BRANCH_HEX + text("OUTCOME")),
                Arguments.of(new BranchRequest.Recover(new byte[] {7}, 100), "05" + "01" + "07" + "64"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsTheBytesThatAreDocumentedAndComesBackFromThem(BranchRequest request, String hex) {
        byte[] bytes = TransactionSlots.request(new Bytes(), request).copy();
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
        assertThat(TransactionSlots.request(ByteBuffer.wrap(bytes)))
                .usingRecursiveComparison()
                .isEqualTo(request);
    }

    static Stream<Arguments> replies() {
        return Stream.of(
                Arguments.of(BranchReply.of(XaCode.OK), text("OK") + "00" + "00"),
                Arguments.of(BranchReply.of(XaCode.UNAVAILABLE, "no"), text("UNAVAILABLE") + "01" + text("no") + "00"),
                Arguments.of(BranchReply.of(Branches.Outcome.PREPARED), text("OK") + "00" + "01" + text("PREPARED")),
                Arguments.of(BranchReply.of(List.of(BRANCH)), text("OK") + "00" + "02" + "01" + BRANCH_HEX));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyIsTheBytesThatAreDocumentedAndComesBackFromThem(BranchReply<?> reply, String hex) {
        byte[] bytes = TransactionSlots.reply(new Bytes(), reply).copy();
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
        assertThat(TransactionSlots.reply(ByteBuffer.wrap(bytes))).isEqualTo(reply);
    }

    @Test
    void aPlanAndAnArrivalComeBackFromTheirBytes() {
        Bytes out = new Bytes();
        new CommitPlan(BRANCH, 1, 5, new int[] {0, 2}).write(out);
        byte[] plan = out.copy();
        assertThat(HexFormat.of().formatHex(plan))
                .isEqualTo(BRANCH_HEX + "01" + "0000000000000005" + "02" + "00" + "02");
        assertThat(CommitPlan.read(ByteBuffer.wrap(plan)))
                .usingRecursiveComparison()
                .isEqualTo(new CommitPlan(BRANCH, 1, 5, new int[] {0, 2}));
        byte[] arrival = TransactionSlots.arrival(new Bytes(), new Arrival(BRANCH, 1, WORK))
                .copy();
        assertThat(HexFormat.of().formatHex(arrival)).isEqualTo(BRANCH_HEX + "01" + WORK_HEX);
        assertThat(TransactionSlots.arrival(ByteBuffer.wrap(arrival))).isEqualTo(new Arrival(BRANCH, 1, WORK));
    }

    @Test
    void whatIsUnknownIsRefused() {
        assertThatThrownBy(() -> TransactionSlots.request(ByteBuffer.wrap(new byte[] {9})))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] verb = HexFormat.of().parseHex("04" + BRANCH_HEX + text("NO_VERB"));
        assertThatThrownBy(() -> TransactionSlots.request(ByteBuffer.wrap(verb)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        TransactionSlots.reply(ByteBuffer.wrap(HexFormat.of().parseHex(text("OK") + "00" + "09"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
