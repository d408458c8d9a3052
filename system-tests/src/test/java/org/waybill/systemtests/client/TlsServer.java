package org.waybill.systemtests.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.waybill.systemtests.behaviour.Certificate;

/** A server of which the certificate is all that matters: it shakes hands and then closes. */
final class TlsServer implements AutoCloseable {
    private final ServerSocket server;
    private final BlockingQueue<String> askedNames = new LinkedBlockingQueue<>();

    TlsServer(Certificate certificate) {
        try (InputStream in = Files.newInputStream(certificate.store())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, Certificate.PASSWORD.toCharArray());
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, Certificate.PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            server = context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS server could be made", e);
        }
        Thread thread = new Thread(this::serve, "TLS server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** The server names (SNI) that clients asked for whose handshake came to its end, one entry a client. */
    BlockingQueue<String> askedNames() {
        return askedNames;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                SSLSocket secure = (SSLSocket) client;
                secure.startHandshake();
                askedNames.add(((ExtendedSSLSession) secure.getSession())
                        .getRequestedServerNames().stream()
                                .map(name -> new String(name.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII))
                                .collect(Collectors.joining(",")));
                secure.shutdownOutput();
                secure.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // the client did not like the certificate, or the test is over
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
