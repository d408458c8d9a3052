package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.qpid.proton.amqp.Symbol;
import org.junit.jupiter.api.Test;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;

/** Which other servers a client is told of, by the way it has come. */
final class IntroductionTest {
    private static final Symbol SERVER_LIST = Symbol.valueOf("failover-server-list");

    private final List<ClusterNode> nodes =
            List.of(node(1, "amqp://a:5001"), node(2, "amqps://b:5002"), node(3, "amqp://c"), node(4, "amqps://d"));

    @Test
    void theOthersComeFirstAndTheNextOneBeforeThem() {
        assertThat(listed(introduction(nodes.get(0), true), plain())).containsExactly("c 5672 amqp", "a 5001 amqp");
        assertThat(listed(introduction(nodes.get(2), true), plain())).containsExactly("a 5001 amqp", "c 5672 amqp");
    }

    @Test
    void whoHasComeByTlsIsToldOfNothingElse() throws SSLException {
        EmbeddedChannel channel = new EmbeddedChannel(
                SslContextBuilder.forClient().build().newHandler(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT));

        assertThat(listed(introduction(nodes.get(0), true), socket(channel)))
                .containsExactly("b 5002 amqps", "d 5671 amqps");
    }

    @Test
    void nobodyIsToldWhereThatIsNotWantedOrThereAreNoOthers() {
        assertThat(introduction(nodes.get(0), false).to(plain())).doesNotContainKey(SERVER_LIST);
        assertThat(new Introduction(Optional.empty()).to(plain()))
                .doesNotContainKey(SERVER_LIST)
                .containsEntry(Symbols.PRODUCT, "Waybill");
        assertThat(introduction(nodes.get(0), true).to(plain())).containsEntry(Symbols.PRODUCT, "Waybill");
    }

    private Introduction introduction(ClusterNode self, boolean offer) {
        return new Introduction(
                Optional.of(new ClusterSettings("test", self, "a secret long enough", null, nodes, offer, 800, 1_000)));
    }

    private static List<String> listed(Introduction introduction, Socket socket) {
        return ((List<?>) introduction.to(socket).get(SERVER_LIST))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .map(each -> each.get(Symbol.valueOf("network-host")) + " " + each.get(Symbol.valueOf("port"))
                                + " " + each.get(Symbol.valueOf("scheme")))
                        .toList();
    }

    private static Socket plain() {
        return socket(new EmbeddedChannel());
    }

    private static Socket socket(EmbeddedChannel channel) {
        ChannelInboundHandlerAdapter last = new ChannelInboundHandlerAdapter();
        channel.pipeline().addLast(last);
        ChannelHandlerContext context = channel.pipeline().context(last);
        return new Socket(context);
    }

    private static ClusterNode node(int id, String clients) {
        return new ClusterNode("n" + id, id, "127.0.0.1", 5_680 + id, 5_690 + id, clients);
    }
}
