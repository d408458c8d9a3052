package org.waybill.cluster.link;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Mutual TLS for links: both sides show a certificate of a trusted authority, and it must name the node that it is shown by. */
final class Certificates {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** Alternative names of a certificate that are names of hosts (2) or addresses (7): RFC 5280 section 4.2.1.6. */
    private static final List<Integer> KINDS = List.of(2, 7);

    private final SslContext server;
    private final SslContext client;
    private final boolean checksNames;

    /** Reads the files; throws {@link IllegalArgumentException} when they cannot be used. */
    Certificates(LinkTls tls) {
        File chain = tls.certificate().toFile();
        File key = tls.key().toFile();
        File trust = tls.trust().toFile();
        checksNames = tls.checksNames();
        try {
            server = SslContextBuilder.forServer(chain, key)
                    .trustManager(trust)
                    .clientAuth(ClientAuth.REQUIRE)
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .build();
            client = SslContextBuilder.forClient()
                    .keyManager(chain, key)
                    .trustManager(trust)
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .endpointIdentificationAlgorithm(
                            "") // names of nodes are checked here, by vouch, on both sides alike
                    .build();
        } catch (SSLException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "the certificate " + chain + ", its key " + key + " or the authorities " + trust
                            + " cannot be used: " + reason(wrong),
                    wrong);
        }
    }

    private static String reason(Throwable wrong) {
        Throwable cause = wrong.getCause() == null ? wrong : wrong.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** The first handler of a connection. */
    SslHandler handler(ByteBufAllocator allocator, boolean dials, long handshakeMs) {
        SslHandler handler = (dials ? client : server).newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeMs);
        return handler;
    }

    /** Why a connection is not the peer's, or null. */
    @Nullable
    String vouch(SSLSession session, Peer peer) {
        if (!checksNames) {
            return null;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            List<String> names = names((X509Certificate) chain[0]);
            boolean isNamed = names.stream()
                    .anyMatch(name -> name.equalsIgnoreCase(peer.name()) || name.equalsIgnoreCase(peer.host()));
            return isNamed
                    ? null
                    : "its certificate is for " + names + ", and neither for " + peer.name() + " nor for "
                            + peer.host();
        } catch (SSLPeerUnverifiedException | CertificateParsingException wrong) {
            return "it has shown no certificate that can be read: " + wrong.getMessage();
        }
    }

    private static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        var alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> each : alternatives) {
                if (KINDS.contains(each.get(0)) && each.get(1) instanceof String name) {
                    names.add(name);
                }
            }
        }
        return names;
    }
}
