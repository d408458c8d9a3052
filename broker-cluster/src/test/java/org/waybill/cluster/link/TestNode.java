package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.waybill.io.SystemClock;

/** A node with links and nothing else: it notes what it is told, one line for each event. */
final class TestNode implements LinkHandler, AutoCloseable {
    static final String SECRET = "the secret of these tests";
    static final long PATIENCE_S = 30;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Links links;
    private final int number;

    private TestNode(Vertx vertx, LinkOptions options) {
        this.number = options.self().number();
        this.links = await(Links.start(vertx, options, this, new SystemClock()));
    }

    /** Nodes 1 to count of one cluster, each with its own settings made of the usual ones. */
    static List<TestNode> cluster(Vertx vertx, int count, UnaryOperator<LinkOptions> settings) {
        List<TestNode> nodes = new ArrayList<>();
        int[] ports = new int[count + 1];
        for (int number = 1; number <= count; number++) {
            nodes.add(start(vertx, settings.apply(options(number, ports))));
            ports[number] = nodes.get(number - 1).port();
        }
        return nodes;
    }

    static TestNode start(Vertx vertx, LinkOptions options) {
        return new TestNode(vertx, options);
    }

    /** A node whose peers listen at these ports, by their numbers, itself too. */
    static LinkOptions options(int number, int... ports) {
        List<Peer> peers = new ArrayList<>();
        for (int other = 1; other < ports.length; other++) {
            if (other != number) {
                peers.add(peer(other, ports[other]));
            }
        }
        LinkOptions usual = LinkOptions.of("tests", peer(number, ports[number]), peers, SECRET, null);
        return timing(usual, 20, 2_000, 5_000);
    }

    static Peer peer(int number, int port) {
        return new Peer(number, "n" + number, "127.0.0.1", port);
    }

    static LinkOptions timing(LinkOptions from, long heartbeatMs, long silenceMs, long handshakeMs) {
        return new LinkOptions(
                from.cluster(),
                from.self(),
                from.peers(),
                from.secret(),
                from.tls(),
                heartbeatMs,
                silenceMs,
                handshakeMs,
                from.maxUnproven(),
                from.maxPayloadBytes(),
                from.fullBytes(),
                from.maxQueuedBytes());
    }

    static LinkOptions bounds(LinkOptions from, int maxUnproven, int maxPayload, int full, int maxQueued) {
        return new LinkOptions(
                from.cluster(),
                from.self(),
                from.peers(),
                from.secret(),
                from.tls(),
                from.heartbeatMs(),
                from.silenceMs(),
                from.handshakeMs(),
                maxUnproven,
                maxPayload,
                full,
                maxQueued);
    }

    static LinkOptions named(LinkOptions from, String cluster, List<Peer> peers, String secret) {
        return timing(LinkOptions.of(cluster, from.self(), peers, secret, null), 20, 2_000, 5_000);
    }

    static <T> T await(io.vertx.core.Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
                .join();
    }

    Links links() {
        return links;
    }

    int port() {
        return links.port();
    }

    int number() {
        return number;
    }

    boolean send(int node, int channel, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return links.send(node, channel, bytes, 0, bytes.length, Precedence.USUAL);
    }

    /** What is known of its link with a peer. */
    LinkStatus status(int node) {
        return links.status().stream()
                .filter(each -> each.peer().number() == node)
                .findFirst()
                .orElseThrow();
    }

    /** The next event, which must be this one. */
    void expect(String event) throws InterruptedException {
        assertThat(events.poll(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(event);
    }

    /** Waits for this event, whatever comes before. */
    void await(String event) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        String next = "";
        while (!event.equals(next)) {
            next = events.poll(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(next).as("%s after %s", event, seen).isNotNull();
            seen.add(next);
        }
    }

    /** Waits until there are so many links. */
    void awaitLinks(int count) {
        until(() -> links.status().stream().filter(LinkStatus::up).count() == count);
    }

    /** Waits until the last connection with a peer, or the last attempt to make one, has ended for a reason that has these words in it. */
    void awaitEnd(int peer, String why) {
        until(() -> status(peer).lastEnd().contains(why));
    }

    static void until(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("too late").isNegative();
            Thread.onSpinWait();
        }
    }

    /** What was told and not looked at. */
    List<String> rest() {
        return new ArrayList<>(events);
    }

    @Override
    public void connected(int node) {
        events.add("+" + node);
    }

    @Override
    public void disconnected(int node) {
        events.add("-" + node);
    }

    @Override
    public void received(int node, int channel, ByteBuffer payload) {
        String text = StandardCharsets.UTF_8.decode(payload).toString();
        if (text.equals("throw")) {
            throw new IllegalStateException("as told");
        }
        events.add(node + "/" + channel + " " + text);
    }

    @Override
    public void batchEnd(int node) {}

    @Override
    public void drained(int node) {
        events.add("drained " + node);
    }

    @Override
    public void close() {
        await(links.stop());
    }
}
