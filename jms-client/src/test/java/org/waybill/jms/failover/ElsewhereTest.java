package org.waybill.jms.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.junit.jupiter.api.Test;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Endpoint;
import org.waybill.jms.engine.Peer;
import org.waybill.jms.engine.TlsOptions;

class ElsewhereTest {
    private static final TlsOptions TLS = TlsOptions.DEFAULT.withVerifiesHost(false);
    private static final Server PLAIN = new Server(ClientOptions.to("a", 1), false);
    private static final Server SECURE = new Server(ClientOptions.to(new Endpoint("a", 1, TLS, null)), false);

    private static Server redirect(Server from, Map<String, Object> info) {
        Map<Symbol, Object> symbols = new HashMap<>();
        info.forEach((key, value) -> symbols.put(Symbol.valueOf(key), value));
        ErrorCondition error = new ErrorCondition(Symbol.valueOf("amqp:connection:redirect"), "go away");
        error.setInfo(symbols);
        return Elsewhere.redirect(from, Peer.refused(error));
    }

    @Test
    void goesWhereARedirectSays() {
        Server there = redirect(PLAIN, Map.of("network-host", "b", "port", 2, "hostname", "v"));

        assertThat(there.options().endpoint()).isEqualTo(Endpoint.of("b", 2));
        assertThat(there.options().open().virtualHost()).isEqualTo("v");
        assertThat(redirect(PLAIN, Map.of("network-host", "b")).options().endpoint())
                .isEqualTo(Endpoint.of("b", 1));
    }

    @Test
    void staysWhereNothingUsefulIsSaid() {
        assertThat(redirect(PLAIN, Map.of())).isNull();
        assertThat(redirect(PLAIN, Map.of("network-host", ""))).isNull();
        assertThat(redirect(PLAIN, Map.of("network-host", "b", "port", 70_000))).isNull();
        assertThat(redirect(PLAIN, Map.of("network-host", "b", "port", -1))).isNull();
        assertThat(Elsewhere.redirect(PLAIN, ClientException.of(ClientException.Kind.LOST, "lost")))
                .isNull();
    }

    @Test
    void keepsTlsUnlessItIsToldThatItMayDoWithout() {
        assertThat(redirect(SECURE, Map.of("network-host", "b", "port", 2))
                        .options()
                        .endpoint())
                .isEqualTo(new Endpoint("b", 2, TLS, null));
        assertThat(redirect(SECURE, Map.of("network-host", "b", "scheme", "amqp")))
                .isNull();
        assertThat(redirect(SECURE, Map.of("network-host", "b", "scheme", "amqpwss", "path", "p"))
                        .options()
                        .endpoint())
                .isEqualTo(new Endpoint("b", 1, TLS, "/p"));
        Server careless = new Server(SECURE.options(), true);
        assertThat(redirect(careless, Map.of("network-host", "b", "scheme", "amqp"))
                        .options()
                        .endpoint())
                .isEqualTo(Endpoint.of("b", 1));
    }

    @Test
    void readsTheServersOfAnOpenAndLeavesOutWhatIsNone() {
        Map<String, Object> properties = Map.of(
                "failover-server-list",
                List.of(
                        Map.of(Symbol.valueOf("network-host"), "b", Symbol.valueOf("port"), 2),
                        Map.of("network-host", "c"),
                        Map.of("port", 3),
                        "nonsense"));

        assertThat(Elsewhere.named(PLAIN, properties))
                .extracting(Server::toString)
                .containsExactly("amqp://b:2", "amqp://c:1");
        assertThat(Elsewhere.named(PLAIN, Map.of())).isEmpty();
        assertThat(Elsewhere.named(PLAIN, Map.of("failover-server-list", "nonsense")))
                .isEmpty();
    }
}
