package org.waybill.jms.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.failover.FailoverOptions.ServerListAction;

class RouteTest {
    private static final FailoverOptions OPTIONS =
            new FailoverOptions(7, 100, 1_000, 2, -1, -1, 10, false, ServerListAction.REPLACE, null);

    private static Server server(String host) {
        return new Server(ClientOptions.to(host, 5672).withContainerId("me"), false);
    }

    private static Route route(FailoverOptions options, String... hosts) {
        return new Route(List.of(hosts).stream().map(RouteTest::server).toList(), options, new Random(1));
    }

    private static List<String> hosts(Route route, int attempts) {
        return IntStream.range(0, attempts)
                .mapToObj(i -> route.next().server().options().endpoint().host())
                .toList();
    }

    @Test
    void triesEachServerInItsOrderBeforeItWaits() {
        Route route = route(OPTIONS, "a", "b", "c");
        route.begin();

        assertThat(route.next()).isEqualTo(new Route.Attempt(0, server("a"), 1));
        assertThat(route.next()).isEqualTo(new Route.Attempt(0, server("b"), 2));
        assertThat(route.next()).isEqualTo(new Route.Attempt(0, server("c"), 3));
        Route.Attempt again = route.next();
        assertThat(again.server()).isEqualTo(server("a"));
        assertThat(again.waitMs()).isBetween(50L, 100L);
        assertThat(route.next().waitMs()).isZero();
    }

    @Test
    void waitsLongerFromRoundToRoundUpToTheLimitAndLeavesOutARandomPart() {
        for (long seed = 1; seed <= 200; seed++) {
            Route route = new Route(List.of(server("a")), OPTIONS, new Random(seed));
            route.begin();
            List<Long> waits = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                waits.add(route.next().waitMs());
            }

            long[] longest = {0, 100, 200, 400, 800, 1_000, 1_000, 1_000};
            for (int i = 0; i < longest.length; i++) {
                assertThat(waits.get(i)).as("seed %d, attempt %d", seed, i).isBetween(longest[i] / 2, longest[i]);
            }
        }
        assertThat(waits(1)).isNotEqualTo(waits(2));
    }

    private static List<Long> waits(long seed) {
        Route route = new Route(List.of(server("a")), OPTIONS, new Random(seed));
        route.begin();
        return IntStream.range(0, 5).mapToObj(i -> route.next().waitMs()).toList();
    }

    @Test
    void beginsAfterALossWithItsOwnWaitAndAShortOneAgain() {
        Route route = route(OPTIONS, "a");
        route.begin();
        hosts(route, 6);
        route.connected(server("a"), List.of());

        route.begin();

        assertThat(route.next()).isEqualTo(new Route.Attempt(7, server("a"), 1));
        assertThat(route.next().waitMs()).isBetween(50L, 100L);
    }

    /** A server that takes connections may be unable to serve them: it must not be the only one that is ever tried. */
    @Test
    void goesOnAfterALossBehindTheServerThatWasLost() {
        Route route = route(OPTIONS, "a", "b", "c");
        route.begin();
        hosts(route, 1);
        route.connected(server("a"), List.of());

        route.begin();
        assertThat(hosts(route, 4)).containsExactly("b", "c", "a", "b");
        route.connected(server("b"), List.of(server("d"), server("c")));

        route.begin();
        assertThat(hosts(route, 3)).containsExactly("d", "c", "b");
        route.connected(server("elsewhere"), List.of());

        route.begin();
        assertThat(hosts(route, 3)).containsExactly("b", "d", "c");
    }

    @Test
    void givesUpAfterSoManyAttemptsAtFirstAndSoManyLater() {
        Route route = route(new FailoverOptions(0, 0, 0, 1, 3, 5, 10, false, ServerListAction.IGNORE, null), "a", "b");
        route.begin();
        assertThat(hosts(route, 5)).containsExactly("a", "b", "a", "b", "a");
        assertThat(route.next()).isNull();

        route.connected(server("a"), List.of());
        route.begin();
        assertThat(hosts(route, 3)).containsExactly("b", "a", "b");
        assertThat(route.next()).isNull();
        assertThat(route.attempts()).isEqualTo(3);
    }

    @Test
    void triesOnceWhereNoRepetitionIsAllowed() {
        Route route = route(new FailoverOptions(0, 0, 0, 1, 0, 0, 10, false, ServerListAction.IGNORE, null), "a", "b");
        route.begin();

        assertThat(route.next()).isNotNull();
        assertThat(route.next()).isNull();
    }

    @Test
    void triesAllServersOfARoundInRandomOrder() {
        Route route =
                route(new FailoverOptions(0, 0, 0, 1, -1, -1, 10, true, ServerListAction.IGNORE, null), "a", "b", "c");
        route.begin();
        List<List<String>> rounds =
                IntStream.range(0, 50).mapToObj(i -> hosts(route, 3)).toList();

        assertThat(rounds).allSatisfy(round -> assertThat(round).containsExactlyInAnyOrder("a", "b", "c"));
        assertThat(Set.copyOf(rounds)).hasSize(6);
    }

    @Test
    void followsARedirectAtOnceButNotForEver() {
        Route route = route(OPTIONS, "a", "b");
        route.begin();
        route.next();
        for (int i = 0; i < Route.MAX_REDIRECTS; i++) {
            assertThat(route.redirect(server("x" + i))).isTrue();
            assertThat(route.next()).isEqualTo(new Route.Attempt(0, server("x" + i), i + 2));
        }

        assertThat(route.followsRedirects()).isFalse();
        assertThat(route.redirect(server("y"))).isFalse();
        assertThat(route.next().server()).isEqualTo(server("b"));
    }

    /** A server that sends the client elsewhere has not failed: the attempt that it cost is not missing there. */
    @Test
    void followsARedirectAfterTheLastAttempt() {
        Route route = route(new FailoverOptions(0, 0, 0, 1, 1, 1, 10, false, ServerListAction.IGNORE, null), "a", "b");
        route.begin();
        assertThat(hosts(route, 1)).containsExactly("a");
        assertThat(route.redirect(server("x"))).isTrue();
        assertThat(route.next()).isEqualTo(new Route.Attempt(0, server("x"), 2));
        assertThat(route.next()).isNull();

        route.begin();
        assertThat(route.followsRedirects()).isTrue();
    }

    @Test
    void replacesAddsOrIgnoresTheServersThatAServerNames() {
        List<Server> named = List.of(server("c"), server("a"), server("d"));
        assertThat(after(ServerListAction.REPLACE, named))
                .containsExactly(server("b"), server("c"), server("a"), server("d"));
        assertThat(after(ServerListAction.ADD, named))
                .containsExactly(server("a"), server("b"), server("c"), server("d"));
        assertThat(after(ServerListAction.IGNORE, named)).containsExactly(server("a"), server("b"));
        assertThat(after(ServerListAction.REPLACE, List.of())).containsExactly(server("a"), server("b"));
    }

    @Test
    void remembersNoMoreServersThanItsBound() {
        List<Server> named =
                IntStream.range(0, 1_000).mapToObj(i -> server("n" + i)).toList();

        assertThat(after(ServerListAction.ADD, named)).hasSize(Route.MAX_SERVERS);
    }

    private static List<Server> after(ServerListAction action, List<Server> named) {
        Route route = route(new FailoverOptions(0, 0, 0, 1, -1, -1, 10, false, action, null), "a", "b");
        route.begin();
        route.connected(server("b"), named);
        return route.servers();
    }
}
