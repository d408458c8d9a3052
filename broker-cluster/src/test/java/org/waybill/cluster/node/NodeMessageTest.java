package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NodeMessageTest {
    private static final NodeMessage.Replica REPLICA = new NodeMessage.Replica(2, true, false, 0, 0, 40);

    @Test
    void theBytesAreWhatOtherNodesRead() {
        assertBytes(new NodeMessage.Hello(0x0102030405060708L, true, 3), "01 0102030405060708 01 00000003");
        assertBytes(new NodeMessage.Leads(2, 7), "02 00000002 0000000000000007");
        assertBytes(new NodeMessage.LeadsNot(2), "03 00000002");
        assertBytes(new NodeMessage.Prefers(2, 65_535, 9), "04 00000002 0000ffff 0000000000000009");
        assertBytes(new NodeMessage.Leaves(), "05");
        assertBytes(
                new NodeMessage.Replicas(2, 7, 9, List.of(REPLICA, new NodeMessage.Replica(3, false, true, 1, 2, -1))),
                "06 00000002 0000000000000007 0000000000000009 02"
                        + "00000002 01 0000000000000000 0000000000000000 0000000000000028"
                        + "00000003 02 0000000000000001 0000000000000002 ffffffffffffffff");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        List<NodeMessage> all = List.of(
                new NodeMessage.Hello(1, false, 3),
                new NodeMessage.Leads(1, 1),
                new NodeMessage.LeadsNot(1),
                new NodeMessage.Prefers(1, 1, 1),
                new NodeMessage.Replicas(1, 1, 1, List.of(REPLICA)));
        for (NodeMessage each : all) {
            byte[] bytes = each.encode();
            for (int length = 0; length < bytes.length; length++) {
                ByteBuffer part = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
                assertThatIllegalArgumentException().isThrownBy(() -> NodeMessage.decode(part));
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeMessage.decode(ByteBuffer.wrap(new byte[] {99})))
                .withMessageContaining("99");
    }

    private static void assertBytes(NodeMessage message, String hex) {
        assertThat(HexFormat.of().formatHex(message.encode())).isEqualTo(hex.replace(" ", ""));
        assertThat(NodeMessage.decode(ByteBuffer.wrap(message.encode()))).isEqualTo(message);
    }
}
