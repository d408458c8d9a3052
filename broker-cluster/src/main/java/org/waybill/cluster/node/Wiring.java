package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.waybill.broker.ClusterContext;
import org.waybill.broker.StartFailure;
import org.waybill.cluster.link.Carrier;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.link.LinkOptions;
import org.waybill.cluster.link.LinkTls;
import org.waybill.cluster.link.Links;
import org.waybill.cluster.link.Peer;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;
import org.waybill.config.ClusterTls;

/** Makes the links between nodes that a cluster's settings ask for. */
final class Wiring {
    private static final long TIMEOUT_S = 20;

    private Wiring() {}

    /** Listens and begins to dial; blocks. Throws {@link StartFailure}. */
    static Carrier open(ClusterContext context, LinkHandler handler) {
        ClusterSettings settings = context.settings().cluster().orElseThrow();
        ClusterNode self = settings.self();
        try {
            return Links.start(context.vertx(), options(settings), handler, context.clock())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw new StartFailure(
                    StartFailure.Reason.PORT,
                    "the nodes' port " + self.host() + ":" + self.port() + " cannot be listened on: "
                            + refused.getCause());
        } catch (TimeoutException slow) {
            throw new StartFailure(StartFailure.Reason.PORT, "the nodes' port was not listened on in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailure(StartFailure.Reason.PORT, "the start was interrupted");
        }
    }

    private static LinkOptions options(ClusterSettings settings) {
        List<Peer> peers = new ArrayList<>();
        settings.nodes().stream()
                .filter(each -> each.id() != settings.self().id())
                .forEach(each -> peers.add(peer(each)));
        ClusterTls tls = settings.tls();
        LinkTls certificates =
                tls == null ? null : new LinkTls(tls.certificate(), tls.key(), tls.trust(), tls.checkNames());
        return LinkOptions.of(settings.name(), peer(settings.self()), peers, settings.secret(), certificates)
                .withSilenceMs(settings.failoverMs());
    }

    private static Peer peer(ClusterNode node) {
        return new Peer(node.id(), node.name(), node.host(), node.port());
    }
}
