package org.waybill.jms.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientException.Kind;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Peer;
import org.waybill.jms.failover.FailoverOptions.ServerListAction;

@Timeout(60)
class FailoverConnectorTest {
    private static final Identity NOBODY = new Identity(null, null, "test-");
    private static final Server DEAD = new Server(ClientOptions.to("dead", 1), false);

    private final List<ClientOptions> tried = new ArrayList<>();

    private static FailoverOptions atMost(int attempts) {
        return new FailoverOptions(0, 0, 0, 1, attempts, attempts, 10, false, ServerListAction.REPLACE, null);
    }

    private static Server at(Peer peer) {
        return new Server(peer.options(), false);
    }

    private static ClientException failure(String condition) {
        return Peer.refused(new ErrorCondition(Symbol.valueOf(condition), "no"));
    }

    private FailoverConnector connector(
            int attempts, Function<ClientOptions, ClientConnection> opening, Server... servers) {
        return new FailoverConnector(List.of(servers), atMost(attempts), NOBODY, new Random(1), options -> {
            tried.add(options);
            return opening.apply(options);
        });
    }

    /** The dead server does not answer; others are connected to. */
    private static ClientConnection open(ClientOptions options) {
        if (options.endpoint().host().equals("dead")) {
            throw ClientException.of(Kind.UNREACHABLE, "nobody listens at " + options);
        }
        return ClientConnection.open(options);
    }

    @Test
    void takesTheFirstServerThatAnswers() throws Exception {
        try (Peer peer = Peer.taking();
                FailoverConnector connector = connector(5, FailoverConnectorTest::open, DEAD, at(peer));
                ClientConnection connection = connector.connect("me")) {
            assertThat(connection.remoteContainerId()).isEqualTo("peer");
            assertThat(connection.options().containerId()).isEqualTo("me");
            assertThat(connection.options().open().desiredCapabilities()).contains("sole-connection-for-container");
            assertThat(tried).hasSize(2);
        }
    }

    @Test
    void hasAnotherContainerIdForEachConnectionWithoutAClientId() throws Exception {
        try (Peer peer = Peer.taking();
                FailoverConnector connector = connector(5, FailoverConnectorTest::open, at(peer))) {
            connector.connect(null).close();
            connector.connect(null).close();

            assertThat(tried)
                    .extracting(ClientOptions::containerId)
                    .doesNotHaveDuplicates()
                    .allMatch(id -> id.startsWith("test-"));
            assertThat(tried.get(0).open().desiredCapabilities()).doesNotContain("sole-connection-for-container");
        }
    }

    @Test
    void saysWhatFailedLastWhenItGivesUp() {
        try (FailoverConnector connector = connector(3, FailoverConnectorTest::open, DEAD)) {
            assertThatExceptionOfType(ClientException.class)
                    .isThrownBy(() -> connector.connect(null))
                    .withMessage("no server of failover:(amqp://dead:1) took the connection in 3 attempts;"
                            + " the last one: nobody listens at amqp://dead:1");
            assertThat(tried).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"amqp:unauthorized-access", "amqp:invalid-field", "amqp:not-found"})
    void stopsAtFirstWhereTryingOnCannotHelp(String condition) {
        try (FailoverConnector connector = connector(
                3,
                options -> {
                    throw failure(condition);
                },
                DEAD)) {
            assertThatExceptionOfType(ClientException.class).isThrownBy(() -> connector.connect("me"));
            assertThat(tried).hasSize(1);
        }
    }

    @Test
    void stopsWhenTheLoginIsRefused() {
        try (FailoverConnector connector = connector(
                3,
                options -> {
                    throw ClientException.of(Kind.AUTHENTICATION, "wrong password");
                },
                DEAD)) {
            assertThatExceptionOfType(ClientException.class)
                    .isThrownBy(() -> connector.connect(null))
                    .withMessage("wrong password");
            assertThat(tried).hasSize(1);
        }
    }

    @Test
    void triesOnWhileTheServerStillHasTheLostConnectionOfTheSameClient() throws Exception {
        try (Peer peer = Peer.taking();
                FailoverConnector connector = connector(
                        3,
                        options -> {
                            if (tried.size() == 2) {
                                throw failure("amqp:invalid-field");
                            }
                            return ClientConnection.open(options);
                        },
                        at(peer))) {
            connector.connect("me").close();
            connector.connect("me").close();

            assertThat(tried).hasSize(3);
        }
    }

    @Test
    void followsTheRedirectOfAServerThatRefuses() throws Exception {
        try (Peer there = Peer.taking()) {
            ErrorCondition error = new ErrorCondition(Symbol.valueOf("amqp:connection:redirect"), "busy");
            error.setInfo(Map.of(
                    Symbol.valueOf("network-host"),
                    there.options().endpoint().host(),
                    Symbol.valueOf("port"),
                    there.options().endpoint().port()));
            try (Peer here = Peer.refusing(error);
                    FailoverConnector connector = connector(3, ClientConnection::open, at(here));
                    ClientConnection connection = connector.connect(null)) {
                assertThat(connection.remoteContainerId()).isEqualTo("peer");
                assertThat(tried).hasSize(2);
            }
        }
    }

    private static ClientException redirect(int port) {
        ErrorCondition error = new ErrorCondition(Symbol.valueOf("amqp:connection:redirect"), "go there");
        error.setInfo(Map.of(Symbol.valueOf("network-host"), "elsewhere", Symbol.valueOf("port"), port));
        return Peer.refused(error);
    }

    /** Two nodes each of which takes the other for the leader. */
    @Test
    void asksToBeNearAnAddressUntilItHasBeenSentAroundTooOften() throws Exception {
        FailoverOptions near =
                new FailoverOptions(0, 0, 0, 1, 1, 1, 10, false, ServerListAction.REPLACE, "queue://orders");
        try (Peer peer = Peer.taking();
                FailoverConnector connector =
                        new FailoverConnector(List.of(at(peer)), near, NOBODY, new Random(1), options -> {
                            tried.add(options);
                            if (options.open().properties().containsKey("waybill:near")) {
                                throw redirect(1 + tried.size() % 2);
                            }
                            return ClientConnection.open(peer.options());
                        })) {
            connector.connect(null).close();

            assertThat(tried).hasSize(1 + Route.MAX_REDIRECTS);
            assertThat(tried.subList(0, Route.MAX_REDIRECTS))
                    .allSatisfy(options ->
                            assertThat(options.open().properties()).containsEntry("waybill:near", "queue://orders"));

            connector.connect(null).close();

            assertThat(tried).hasSize(2 + 2 * Route.MAX_REDIRECTS);
        }
    }

    @Test
    void asksForNothingWithoutAnAddressToBeNear() throws Exception {
        try (Peer peer = Peer.taking();
                FailoverConnector connector = connector(1, ClientConnection::open, at(peer))) {
            connector.connect(null).close();

            assertThat(tried.get(0).open().properties()).doesNotContainKey("waybill:near");
        }
    }

    @Test
    void goesToTheServersThatAServerHasNamed() throws Exception {
        try (Peer second = Peer.taking()) {
            Map<Symbol, Object> entry = Map.of(
                    Symbol.valueOf("network-host"),
                    second.options().endpoint().host(),
                    Symbol.valueOf("port"),
                    second.options().endpoint().port());
            Peer first = Peer.taking(Map.of(Symbol.valueOf("failover-server-list"), List.of(entry)));
            try (FailoverConnector connector = connector(3, ClientConnection::open, at(first))) {
                connector.connect(null).close();
                first.close();

                connector.connect(null).close();

                assertThat(tried)
                        .extracting(ClientOptions::endpoint)
                        .last()
                        .isEqualTo(second.options().endpoint());
            }
        }
    }

    @Test
    void givesUpAtOnceWhenItIsClosedWhileItWaits() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        FailoverOptions patient = new FailoverOptions(
                0, 1_000_000_000, 1_000_000_000, 1, -1, -1, 0, false, ServerListAction.IGNORE, null);
        FailoverConnector connector = new FailoverConnector(List.of(DEAD), patient, NOBODY, new Random(1), options -> {
            began.countDown();
            return open(options);
        });
        CompletableFuture<ClientConnection> result = CompletableFuture.supplyAsync(() -> connector.connect(null));
        began.await();

        connector.close();

        assertThat(result).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().withMessageContaining("is closed");
    }

    @Test
    void endsAnAttemptThatIsUnderWayWhenItIsClosed() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        FailoverConnector connector = connector(
                3,
                options -> {
                    began.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw ClientException.of(Kind.INTERRUPTED, "interrupted", e);
                    }
                    throw new AssertionError();
                },
                DEAD);
        CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
            assertThatExceptionOfType(ClientException.class)
                    .isThrownBy(() -> connector.connect(null))
                    .withMessage("the connection to amqp://dead:1 is closed");
            return Thread.currentThread().isInterrupted();
        });
        began.await();

        connector.close();

        assertThat(interrupted).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo(false);
    }
}
