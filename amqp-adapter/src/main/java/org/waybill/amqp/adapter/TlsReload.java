package org.waybill.amqp.adapter;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.ServerSSLOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.TlsSettings;

/** Takes a renewed certificate into use: new connections get it, those there are keep theirs. Looks at the files now and then. */
final class TlsReload {
    private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);
    private static final long LOOK_MS = 10_000;

    private final Vertx vertx;
    private final TlsSettings settings;
    private final NetServer server;
    private long seenMs;
    private volatile boolean stopped;

    /** @param server any of those that listen on the TLS port; they share one certificate */
    TlsReload(Vertx vertx, TlsSettings settings, NetServer server) {
        this.vertx = vertx;
        this.settings = settings;
        this.server = server;
    }

    void start() {
        changedAtMs().onSuccess(atMs -> {
            seenMs = atMs;
            vertx.setPeriodic(LOOK_MS, this::look);
        });
    }

    /** Looks no more. Called on any thread; the timer goes when it fires next. */
    void stop() {
        stopped = true;
    }

    private void look(long timer) {
        if (stopped) {
            vertx.cancelTimer(timer);
            return;
        }
        changedAtMs().onSuccess(atMs -> {
            if (atMs != seenMs) {
                seenMs = atMs;
                reload();
            }
        });
    }

    private void reload() {
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(AmqpAdapter.pem(settings));
        server.updateSSLOptions(options, true)
                .onSuccess(done -> LOG.info("WB-A006 the certificate {} was reloaded", settings.certificate()))
                .onFailure(cause -> LOG.warn(
                        "WB-A007 the certificate {} cannot be used, the former one stays: {}",
                        settings.certificate(),
                        cause.getMessage()));
    }

    private Future<Long> changedAtMs() {
        return vertx.fileSystem().props(settings.certificate().toString()).compose(certificate -> vertx.fileSystem()
                .props(settings.key().toString())
                .map(key -> Math.max(certificate.lastModifiedTime(), key.lastModifiedTime())));
    }
}
