package org.waybill.jms.engine;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes of {@link TlsOptions} what Netty needs. Reads files. */
final class TlsContext {
    private TlsContext() {}

    /**
     * A client's context.
     *
     * @throws ClientException if a file cannot be read or holds nothing of use
     */
    static SslContext of(TlsOptions options) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .clientAuth(ClientAuth.NONE)
                .endpointIdentificationAlgorithm(options.verifiesHost() && !options.trustsAnybody() ? "HTTPS" : null);
        KeyFile trust = options.trust();
        if (options.trustsAnybody()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (trust != null) {
            read(trust, "no certificate to trust", () -> trust(builder, trust));
        }
        KeyFile key = options.key();
        if (key != null) {
            read(key, "no certificate with a private key", () -> key(builder, key));
        }
        if (!options.protocols().isEmpty()) {
            builder.protocols(options.protocols());
        }
        if (!options.cipherSuites().isEmpty()) {
            builder.ciphers(options.cipherSuites());
        }
        try {
            return builder.build();
        } catch (IOException | IllegalArgumentException e) {
            throw ClientException.of(ClientException.Kind.UNREACHABLE, "TLS cannot be set up: " + Driver.reason(e), e);
        }
    }

    private interface Reading {
        void run() throws IOException, GeneralSecurityException;
    }

    private static void read(KeyFile file, String complaint, Reading reading) {
        try {
            reading.run();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            Throwable cause = e instanceof IllegalArgumentException && e.getCause() != null ? e.getCause() : e;
            throw ClientException.of(
                    ClientException.Kind.UNREACHABLE,
                    complaint + " can be read from " + file.path() + ": " + Driver.reason(cause),
                    e);
        }
    }

    private static void trust(SslContextBuilder builder, KeyFile file) throws IOException, GeneralSecurityException {
        if (file.format() == KeyFile.Format.PEM) {
            try (InputStream in = Files.newInputStream(file.path())) {
                builder.trustManager(in);
            }
            return;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store(file));
        builder.trustManager(factory);
    }

    private static void key(SslContextBuilder builder, KeyFile file) throws IOException, GeneralSecurityException {
        if (file.format() == KeyFile.Format.PEM) {
            try (InputStream certificates = Files.newInputStream(file.path());
                    InputStream keys = Files.newInputStream(file.path())) {
                builder.keyManager(certificates, keys, file.password());
            }
            return;
        }
        char[] password = password(file);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(only(store(file), file.alias(), password), password);
        builder.keyManager(factory);
    }

    private static KeyStore store(KeyFile file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(file.format().name());
        try (InputStream in = Files.newInputStream(file.path())) {
            store.load(in, password(file));
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException("it holds none");
        }
        return store;
    }

    private static char @Nullable [] password(KeyFile file) {
        String password = file.password();
        return password == null ? null : password.toCharArray();
    }

    /** A store of this entry alone, or the store itself if none is named. */
    private static KeyStore only(KeyStore store, @Nullable String alias, char @Nullable [] password)
            throws IOException, GeneralSecurityException {
        if (alias == null) {
            return store;
        }
        Key key = store.getKey(alias, password);
        if (key == null) {
            throw new GeneralSecurityException(
                    "no key under the alias '" + alias + "', only " + Collections.list(store.aliases()));
        }
        KeyStore one = KeyStore.getInstance(store.getType());
        one.load(null, null);
        one.setKeyEntry(alias, key, password, store.getCertificateChain(alias));
        return one;
    }
}
