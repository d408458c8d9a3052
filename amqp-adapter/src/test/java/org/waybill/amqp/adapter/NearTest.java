package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;

/** When a connection that works is ended for the sake of a leader elsewhere. */
final class NearTest {
    private static final int HERE = 0;
    private static final int UNKNOWN = -1;
    private static final long START_NS = Long.MAX_VALUE - Near.SETTLED_NS;

    private final List<ClusterNode> nodes =
            List.of(node(1, "amqp://a:5001"), node(2, "amqp://b:5002"), node(3, "amqp://c:5003"));

    @TempDir
    Path directory;

    private FakeBroker broker;
    private Near near;

    private static ClusterNode node(int id, String clients) {
        return new ClusterNode("n" + id, id, "127.0.0.1", 5_680 + id, 5_690 + id, clients);
    }

    @BeforeEach
    void open() {
        broker = FakeBroker.inCluster(
                directory,
                new ClusterSettings("test", nodes.get(0), "a secret long enough", null, nodes, true, 800, 1_000));
        EmbeddedChannel channel = new EmbeddedChannel();
        ChannelInboundHandlerAdapter last = new ChannelInboundHandlerAdapter();
        channel.pipeline().addLast(last);
        ChannelHandlerContext context = channel.pipeline().context(last);
        near = new Near(new Redirects(new Whereabouts(broker), new Counters()), new Socket(context));
        Open open = new Open();
        open.setProperties(Map.of(Symbol.valueOf("waybill:near"), "orders"));
        assertThat(near.refusal(open)).isNull();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void leads(int node) {
        broker.leaders = destination -> node;
    }

    private boolean leaves(long afterNs) {
        return near.departure(START_NS + afterNs, true) != null;
    }

    @Test
    void leavesWhenAnotherNodeHasLedForAWhile() {
        leads(2);
        assertThat(leaves(0)).isFalse();
        assertThat(leaves(Near.SETTLED_NS - 1)).isFalse();
        ErrorCondition departure = near.departure(START_NS + Near.SETTLED_NS, true);
        assertThat(departure.getCondition().toString()).isEqualTo("amqp:connection:redirect");
        assertThat((Object) departure.getInfo())
                .isEqualTo(Map.of(
                        Symbols.HOSTNAME, "b", Symbols.NETWORK_HOST, "b", Symbols.PORT, 5002, Symbols.SCHEME, "amqp"));
    }

    @Test
    void waitsAnewWhenTheLeadHasChanged() {
        for (int other : new int[] {HERE, UNKNOWN, 3}) {
            leads(2);
            leaves(0);
            leads(other);
            assertThat(leaves(Near.SETTLED_NS)).isFalse();
            leads(2);
            assertThat(leaves(Near.SETTLED_NS)).isFalse();
            assertThat(leaves(2 * Near.SETTLED_NS - 1)).isFalse();
            assertThat(leaves(2 * Near.SETTLED_NS)).isTrue();
            leads(HERE);
            leaves(2 * Near.SETTLED_NS);
        }
    }

    @Test
    void waitsUntilNothingWouldBeLost() {
        leads(2);
        leaves(0);
        assertThat(near.departure(START_NS + Near.SETTLED_NS, false)).isNull();
        near.fleeting(1);
        near.fleeting(1);
        near.fleeting(-1);
        assertThat(leaves(Near.SETTLED_NS + 1)).isFalse();
        near.fleeting(-1);
        assertThat(leaves(Near.SETTLED_NS + 2)).isTrue();
    }
}
