package org.waybill.jms.uri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.KeyFile;
import org.waybill.jms.engine.TlsOptions;
import org.waybill.jms.failover.FailoverOptions;
import org.waybill.jms.failover.FailoverOptions.ServerListAction;
import org.waybill.jms.failover.Server;
import org.waybill.jms.message.DeserializationPolicy;
import org.waybill.jms.session.ConnectionSettings;
import org.waybill.jms.session.ConnectionSettings.Prefetch;
import org.waybill.jms.session.ConnectionSettings.Timeouts;

class ConnectionUriTest {
    private static ConnectionUri parse(String uri) {
        return ConnectionUri.parse(uri, Map.of());
    }

    private static ClientOptions only(String uri) {
        ConnectionUri parsed = parse(uri);
        assertThat(parsed.servers()).hasSize(1);
        return parsed.servers().get(0).options();
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://broker, amqp://broker:5672",
        "AMQP://broker:1, amqp://broker:1",
        "amqp://broker/, amqp://broker:5672",
        "amqps://broker.example.com, amqps://broker.example.com:5671",
        "amqp://my_broker:5672, amqp://my_broker:5672",
        "amqp://[::1], amqp://[::1]:5672",
        "amqp://[fe80::1%25eth0]:99, amqp://[fe80::1%eth0]:99",
        "amqpws://broker, amqpws://broker:80/",
        "amqpwss://broker/a/b, amqpwss://broker:443/a/b",
        "' amqp://broker ', amqp://broker:5672",
        "amqp://broker?, amqp://broker:5672",
        "'failover:(amqp://a,amqps://b:1)', 'failover:(amqp://a:5672,amqps://b:1)'",
        "'failover:(amqp://a , amqp://[::1])', 'failover:(amqp://a:5672,amqp://[::1]:5672)'",
        "failover://(amqp://a), failover:(amqp://a:5672)",
        "Failover:(amqp://a), failover:(amqp://a:5672)",
    })
    void readsWhereToConnect(String uri, String meant) {
        assertThat(parse(uri)).hasToString(meant);
    }

    @Test
    void hasQpidJmsDefaultsButForTimeLimits() {
        ConnectionUri uri = parse("amqp://broker");

        assertThat(uri.settings()).isEqualTo(ConnectionSettings.DEFAULT);
        assertThat(uri.failover()).isNull();
        assertThat(uri.user()).isNull();
        ClientOptions options = only("amqp://broker");
        assertThat(options.connectTimeoutMs()).isEqualTo(15_000);
        assertThat(options.timeoutMs()).isEqualTo(60_000);
        assertThat(options.idleTimeoutMs()).isEqualTo(60_000);
        assertThat(parse("failover:(amqp://broker)").failover())
                .isEqualTo(new FailoverOptions(0, 10, 30_000, 2, -1, -1, 10, false, ServerListAction.REPLACE, null));
    }

    @Test
    void readsHowTheConnectionBehaves() {
        ConnectionUri uri = parse("amqp://broker?jms.username=us%20er&jms.password=p%26%3D%25%C3%BC%2B+&jms.clientID=me"
                + "&jms.clientIDPrefix=app-&jms.forceAsyncSend=true&jms.forceSyncSend=TRUE&jms.localMessageExpiry=false"
                + "&jms.receiveLocalOnly=true&jms.receiveNoWaitLocalOnly=true&jms.useDaemonThread=true&jms.jmx=true"
                + "&jms.closeLinksThatFailOnReconnect=true&jms.exactlyOnce=true&jms.validatePropertyNames=false"
                + "&jms.populateJMSXUserID=true&jms.requestTimeout=1&jms.sendTimeout=2&jms.closeTimeout=3"
                + "&jms.redeliveryPolicy.maxRedeliveries=5&jms.redeliveryPolicy.outcome=rejected"
                + "&jms.prefetchPolicy.queuePrefetch=7&jms.prefetchPolicy.all=9&jms.prefetchPolicy.topicPrefetch=0");

        assertThat(uri.user()).isEqualTo("us er");
        assertThat(uri.password()).isEqualTo("p&=%ü++");
        assertThat(uri.containerIdPrefix()).isEqualTo("app-");
        assertThat(uri.settings())
                .isEqualTo(new ConnectionSettings(
                        "me",
                        "us er",
                        true,
                        true,
                        false,
                        true,
                        true,
                        true,
                        true,
                        true,
                        false,
                        true,
                        new Timeouts(1, 2, 3),
                        new Prefetch(7, 0, 9, 9),
                        new ConnectionSettings.Redelivery(5, ConnectionSettings.Outcome.REJECTED),
                        DeserializationPolicy.NOTHING));
    }

    @Test
    void readsHowToSpeakToAServer() {
        ClientOptions options =
                only("amqps://broker?amqp.vhost=v&amqp.idleTimeout=0&amqp.saslMechanisms=PLAIN,SCRAM-SHA-256"
                        + "&transport.connectTimeout=5&jms.connectTimeout=7&transport.keyStoreLocation=/k.p12"
                        + "&transport.keyStorePassword=secret&transport.keyAlias=mine&transport.trustStoreLocation=/t.pem"
                        + "&transport.verifyHost=false&transport.trustAll=true&transport.serverName=sni"
                        + "&transport.enabledProtocols=TLSv1.3&transport.enabledCipherSuites=A,B");

        assertThat(options.open().virtualHost()).isEqualTo("v");
        assertThat(options.login().mechanisms()).containsExactly("PLAIN", "SCRAM-SHA-256");
        assertThat(options.idleTimeoutMs()).isZero();
        assertThat(options.connectTimeoutMs()).isEqualTo(5);
        assertThat(options.endpoint().tls())
                .isEqualTo(new TlsOptions(
                        KeyFile.pem(Path.of("/t.pem")),
                        new KeyFile(Path.of("/k.p12"), KeyFile.Format.PKCS12, "secret", "mine"),
                        false,
                        true,
                        "sni",
                        List.of("TLSv1.3"),
                        List.of("A", "B")));
        assertThat(only("amqps://broker?transport.storeType=jks&transport.trustStoreLocation=/t")
                        .endpoint()
                        .tls())
                .isEqualTo(TlsOptions.DEFAULT.withTrust(new KeyFile(Path.of("/t"), KeyFile.Format.JKS, null, null)));
    }

    @Test
    void readsFailoverWithOptionsForOneServerAndForAll() {
        ConnectionUri uri = parse("failover:(amqp://a?amqp.vhost=x&amqp.saslMechanisms=PLAIN,ANONYMOUS,amqps://b)"
                + "?failover.nested.amqp.vhost=y&failover.nested.transport.verifyHost=false&jms.clientID=me"
                + "&failover.initialReconnectDelay=1&failover.reconnectDelay=2&failover.maxReconnectDelay=3"
                + "&failover.reconnectBackOffMultiplier=1.5&failover.maxReconnectAttempts=4"
                + "&failover.startupMaxReconnectAttempts=5&failover.warnAfterReconnectAttempts=6"
                + "&failover.randomize=true&failover.amqpOpenServerListAction=add&failover.near=queue%3A%2F%2Forders");

        assertThat(uri.failover())
                .isEqualTo(new FailoverOptions(1, 2, 3, 1.5, 4, 5, 6, true, ServerListAction.ADD, "queue://orders"));
        assertThat(uri.settings().clientId()).isEqualTo("me");
        assertThat(uri.servers())
                .extracting(Server::options)
                .extracting(options -> options.open().virtualHost())
                .containsExactly("x", "y");
        assertThat(uri.servers().get(0).options().login().mechanisms()).containsExactly("PLAIN", "ANONYMOUS");
        assertThat(uri.servers().get(1).options().endpoint().tls())
                .isEqualTo(TlsOptions.DEFAULT.withVerifiesHost(false));
        assertThat(parse("failover:(amqp://a)?failover.maxReconnectAttempts=4&failover.useReconnectBackOff=false")
                        .failover())
                .isEqualTo(new FailoverOptions(0, 10, 30_000, 1, 4, 4, 10, false, ServerListAction.REPLACE, null));
    }

    @Test
    void takesOptionsFromElsewhereBeforeItsOwn() {
        ConnectionUri uri = ConnectionUri.parse(
                "amqp://broker?jms.clientID=mine", Map.of("jms.clientID", "yours", "amqp.vhost", "v"));

        assertThat(uri.settings().clientId()).isEqualTo("yours");
        assertThat(uri.servers().get(0).options().open().virtualHost()).isEqualTo("v");
    }

    @Test
    void passesOverHowQpidJmsIsTuned() {
        assertThat(parse("amqp://broker?transport.useEpoll=true&transport.tcpNoDelay=true&amqp.maxFrameSize=65536"
                        + "&jms.awaitClientID=false&jms.forceAsyncAcks=true"))
                .hasToString("amqp://broker:5672");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amqp://a?jms.sendTimout=5 | option 'jms.sendTimout' is not known; did you mean 'jms.sendTimeout'?",
                "amqp://a?jms.SENDTIMEOUT=5 | did you mean 'jms.sendTimeout'?",
                "amqp://a?username=x | did you mean 'jms.username'?",
                "amqp://a?foo=1 | option 'foo' is not known: names begin with jms., amqp., transport. or failover.",
                "amqp://a?jms.zzzzzzzzzzzz=1 | docs/jms-client.md lists those there are",
                "amqp://a?amqp.vhots=x | did you mean 'amqp.vhost'?",
                "amqp://a?jms.sendTimeout=soon | option 'jms.sendTimeout' has the value 'soon' but must be a whole number of milliseconds, from 1 to 2147483647, or -1 for no limit",
                "amqp://a?jms.sendTimeout=0 | has the value '0'",
                "amqp://a?jms.forceSyncSend=yes | option 'jms.forceSyncSend' has the value 'yes' but must be true or false",
                "amqp://a?jms.prefetchPolicy.all=99999 | must be a whole number from 0 to 32767",
                "amqp://a?jms.redeliveryPolicy.outcome=x | must be one of ACCEPTED, REJECTED, RELEASED, MODIFIED_FAILED, MODIFIED_FAILED_UNDELIVERABLE",
                "amqp://a?amqp.saslMechanisms=A,,B | must be a list of names, separated by commas",
                "amqp://a?jms.clientID= | option 'jms.clientID' has the value '' but must be a text that is not empty",
                "amqp://a?jms.clientID=1&jms.clientID=2 | option 'jms.clientID' is given twice",
                "amqp://a?jms.clientID | not of the form name=value",
                "amqp://a?jms.clientID=%4 | option 'jms.clientID' has a % that two hexadecimal digits do not follow",
                "amqp://a?jms.clientID=%FF | option 'jms.clientID' is not UTF-8",
                "amqp://a?jms.localMessagePriority=true | option 'jms.localMessagePriority' of Qpid JMS is not one of this client: messages come in the server's order",
                "amqp://a?jms.presettlePolicy.presettleAll=true | of Qpid JMS is not one of this client",
                "amqp://a?transport.verifyHost=false | is of no use without TLS: the URI must begin with amqps:// or amqpwss://",
                "amqp://a?failover.randomize=true | failover:(amqp://a:5672)?failover",
                "http://a | connection URI 'http://a' does not begin with one of amqp://, amqps://, amqpws://, amqpwss:// or with failover:(",
                "broker:5672 | does not begin with",
                "'' | does not begin with",
                "amqp:// | has no host",
                "amqp://:5672 | has no host",
                "amqp://::1:5672 | has an IPv6 address that is not in brackets",
                "amqp://a b | has a host with a character that no host has",
                "amqp://[::1 | has an IPv6 address that is not in brackets",
                "amqp://a:0 | has the port '0', but a port is a number from 1 to 65535",
                "amqp://a:amqp | has the port 'amqp'",
                "amqp://a: | has the port ''",
                "amqp://a/path | has a path, which only WebSocket has",
                "amqp://a#x | a # within a value is written as %23",
                "failover:amqp://a | with the servers' URIs in parentheses",
                "failover:() | does not begin with",
                "failover:(amqp://a,) | has a host with a character that no host has",
                "failover:(amqp://a)x | there are only ?options",
                "failover:(amqp://a?jms.clientID=x) | it stands behind the closing parenthesis of the failover URI",
                "failover:(amqp://a)?amqp.vhost=x | or for all servers as 'failover.nested.amqp.vhost'",
                "failover:(amqp://a)?failover.randomise=true | did you mean 'failover.randomize'?",
                "failover:(amqp://a)?failover.nested.amqp.vhots=x | did you mean 'amqp.vhost'?",
                "failover:(amqp://a)?failover.reconnectBackOffMultiplier=0.5 | must be a number from 1.0 to 1000.0",
                "failover:(amqp://a)?failover.reconnectBackOffMultiplier=NaN | must be a number from 1.0 to 1000.0",
            })
    void saysWhatIsWrongInASentence(String uri, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(uri))
                .withMessageContaining(complaint)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:hidden@broker",
                "amqp://a?jms.password=hidden&jms.clientID",
                "amqp://a?jms.password=x&hidden",
                "amqp://a?jms.password=hidden%4",
                "amqp://a?jms.password=hidden#x",
                "amqp://a?jms.password=hidden&failover.randomize=true",
                "nothing://a?jms.password=hidden",
                "amqps://a?transport.keyStorePassword=hidden&transport.keyStoreType=x",
                "failover:(amqp://a)hidden",
                "failover:(amqp://a)?jms.password=hidden&x=y",
            })
    void repeatsNoSecretInAComplaint(String uri) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(uri)).satisfies(e -> {
            StringWriter logged = new StringWriter();
            e.printStackTrace(new PrintWriter(logged));
            assertThat(logged.toString()).doesNotContain("hidden");
        });
    }

    @Test
    void showsNoSecretInItsText() {
        assertThat(parse("amqps://a?jms.username=u&jms.password=hidden&transport.keyStoreLocation=/k"
                                + "&transport.keyStorePassword=hidden")
                        .toString())
                .doesNotContain("hidden");
    }
}
