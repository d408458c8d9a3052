package org.waybill.amqp.adapter;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.sasl.Authenticator;
import org.waybill.config.AmqpSettings;
import org.waybill.config.TlsSettings;
import org.waybill.io.SystemClock;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.ProtocolAdapter;

/** The AMQP 1.0 listener of a broker: one acceptor on each event loop, in plain text and, if set, with TLS and over WebSockets. */
public final class AmqpAdapter implements ProtocolAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AmqpAdapter.class);

    /** Transfer frames a client may send before it hears of us again. */
    private static final int INCOMING_WINDOW_FRAMES = 4_096;

    private static final int MAX_UNSETTLED = 1 << 18;
    private static final int MESSAGES_IN_HEAP = 8;
    /** Links beyond the maximum that a client may have tried to attach before it hears that each is refused. */
    private static final int REFUSED_LINKS = 64;

    private static final int HANDSHAKE_BYTES = 64 * 1024;
    private static final int ACCEPT_BACKLOG = 4_096;

    private final Counters counters = new Counters();
    private final List<AmqpListener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Vertx vertx;
    private @Nullable Authenticator authenticator;
    private @Nullable String deployment;
    private @Nullable TlsReload reload;

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public Future<List<String>> start(AdapterContext context) {
        AmqpSettings settings = context.settings().amqp();
        if (!isLoopback(settings.host()) && context.users().isEmpty()) {
            return Future.failedFuture("amqp.host is " + settings.host()
                    + ", which others can reach, and no user exists: add one with 'waybill user add' first");
        }
        vertx = context.vertx();
        Authenticator lets =
                new Authenticator(context.users(), settings.saslMechanisms(), context.vertx(), new SecureRandom());
        authenticator = lets;
        Shared shared = new Shared(
                context,
                new Introduction(context.settings().cluster()),
                new Redirects(new Whereabouts(context), counters),
                limits(settings),
                settings.maxLinksPerConnection(),
                settings.producerCredit(),
                settings.handshakeTimeoutMs(),
                lets,
                new LinkRegistry(),
                new ContainerRegistry(),
                counters);
        return deploy(shared, settings)
                .map(id -> addresses(settings))
                .recover(cause -> Future.failedFuture(sentence(settings, cause)));
    }

    private Future<String> deploy(Shared shared, AmqpSettings settings) {
        Vertx loops = shared.context().vertx();
        List<NetServerOptions> options = options(settings);
        return loops.deployVerticle(
                        () -> {
                            AmqpListener listener = new AmqpListener(
                                    shared,
                                    new SystemClock(),
                                    settings.maxConnections(),
                                    options,
                                    settings.webSocket());
                            listeners.add(listener);
                            return listener;
                        },
                        new DeploymentOptions().setInstances(eventLoops(loops)))
                .onSuccess(id -> {
                    deployment = id;
                    TlsSettings tls = settings.tls();
                    if (tls != null) {
                        reload = new TlsReload(
                                loops, tls, listeners.get(0).servers().get(1));
                        reload.start();
                    }
                });
    }

    /** What is set, but no more than the heap can hold with the copies that putting a message together takes. */
    private static int maxMessageBytes(AmqpSettings settings) {
        long most = Runtime.getRuntime().maxMemory() / MESSAGES_IN_HEAP;
        if (settings.maxMessageSizeBytes() <= most) {
            return settings.maxMessageSizeBytes();
        }
        LOG.info(
                "WB-A011 messages may have {} bytes, not {}: more is too much for the heap",
                most,
                settings.maxMessageSizeBytes());
        return (int) most;
    }

    private static Limits limits(AmqpSettings settings) {
        return new Limits(
                settings.maxFrameSizeBytes(),
                settings.channelMax(),
                settings.handleMax(),
                settings.maxLinksPerConnection() + REFUSED_LINKS,
                MAX_UNSETTLED,
                INCOMING_WINDOW_FRAMES,
                maxMessageBytes(settings),
                HANDSHAKE_BYTES,
                settings.idleTimeoutMs());
    }

    private static List<NetServerOptions> options(AmqpSettings settings) {
        List<NetServerOptions> options = new ArrayList<>();
        options.add(listening(settings.host(), settings.port(), 1));
        TlsSettings tls = settings.tls();
        if (tls != null) {
            NetServerOptions secure = listening(settings.host(), tls.port(), 2);
            secure.setSsl(true).setKeyCertOptions(pem(tls));
            secure.setSslHandshakeTimeout(settings.handshakeTimeoutMs());
            secure.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
            options.add(secure);
        }
        return options;
    }

    /** @param shared names the one free port that all event loops share, where any free port will do */
    private static NetServerOptions listening(String host, int port, int shared) {
        return new NetServerOptions()
                .setHost(host)
                .setPort(port == 0 ? -shared : port)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setAcceptBacklog(ACCEPT_BACKLOG);
    }

    static PemKeyCertOptions pem(TlsSettings tls) {
        return new PemKeyCertOptions()
                .addCertPath(tls.certificate().toString())
                .addKeyPath(tls.key().toString());
    }

    private static int eventLoops(Vertx vertx) {
        int loops = 0;
        for (Object ignored : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            loops++;
        }
        return loops;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private List<String> addresses(AmqpSettings settings) {
        List<String> addresses = new ArrayList<>();
        addresses.add("amqp://" + settings.host() + ":" + port());
        if (settings.tls() != null) {
            addresses.add("amqps://" + settings.host() + ":" + port(1));
        }
        if (settings.webSocket() != null) {
            addresses.add("amqpws://" + settings.host() + ":" + port());
            if (settings.tls() != null) {
                addresses.add("amqpwss://" + settings.host() + ":" + port(1));
            }
        }
        return addresses;
    }

    private static String sentence(AmqpSettings settings, Throwable cause) {
        TlsSettings tls = settings.tls();
        String ports = tls == null ? "" : " and with TLS at port " + tls.port();
        return "cannot listen at " + settings.host() + ":" + settings.port() + ports + ": " + cause.getMessage();
    }

    @Override
    public int port() {
        return port(0);
    }

    private int port(int server) {
        if (listeners.isEmpty() || listeners.get(0).servers().size() <= server) {
            return -1;
        }
        return listeners.get(0).servers().get(server).actualPort();
    }

    @Override
    public Future<Void> stop() {
        Vertx loops = vertx;
        String deployed = deployment;
        Authenticator lets = authenticator;
        if (loops == null || deployed == null || lets == null) {
            return Future.succeededFuture();
        }
        deployment = null;
        if (reload != null) {
            reload.stop();
        }
        List<Future<Void>> gone =
                listeners.stream().map(AmqpListener::closeConnections).toList();
        return Future.all(gone).transform(closed -> loops.undeploy(deployed)).onComplete(done -> {
            listeners.clear();
            lets.close();
            LOG.info("WB-A010 the AMQP listener is closed; since its start {}", counters);
        });
    }
}
