package org.waybill.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AmqpSettings;
import org.waybill.jms.engine.AmqpConnection;
import org.waybill.jms.engine.ConnectOptions;
import picocli.CommandLine.Option;

/** The options of the commands that are AMQP clients. */
final class ConnectionOption {
    @Option(names = "--host", paramLabel = "HOST", description = "The broker's host; default: ${DEFAULT-VALUE}.")
    private String host = AmqpSettings.defaults().host();

    @Option(names = "--port", paramLabel = "N", description = "The broker's AMQP port; default: ${DEFAULT-VALUE}.")
    private int port = AmqpSettings.defaults().port();

    @Option(names = "--user", paramLabel = "NAME", description = "Log in as this user; default: anonymous.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            description = "The user's password; default: the environment variable WAYBILL_PASSWORD.")
    private @Nullable String password;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description = "Connect with TLS and trust the certificates in this PEM file.")
    private @Nullable Path trusted;

    @Option(
            names = "--answer-timeout-ms",
            paramLabel = "N",
            description = "How long to wait for each of the broker's answers; default: ${DEFAULT-VALUE}.")
    private int answerTimeoutMs = 30_000;

    AmqpConnection connect() {
        String secret = password != null ? password : System.getenv().getOrDefault("WAYBILL_PASSWORD", "");
        SSLContext tls = trusted == null ? null : trust(trusted);
        String container = "waybill-cli-" + UUID.randomUUID();
        return AmqpConnection.open(new ConnectOptions(host, port, tls, user, secret, container, answerTimeoutMs));
    }

    private static SSLContext trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted-" + count++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new CliFailure(
                    ExitCode.USAGE, "The certificates in " + file + " cannot be used: " + e.getMessage() + ".");
        }
    }
}
