package org.waybill.jms.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The socket of a connection, with or without TLS. One thread reads, one writes, any cuts. */
final class Line {
    private final ClientOptions options;
    /** The TCP socket; closing it alone frees threads that are stuck in TLS, which may wait for a lock of its own. */
    private final Socket raw;

    private final Socket socket;

    private Line(ClientOptions options, Socket raw, Socket socket) {
        this.options = options;
        this.raw = raw;
        this.socket = socket;
    }

    /** Connects by TCP; TLS, which may take long, is left to {@link #greet}. */
    static Line connect(ClientOptions options) {
        @Nullable SSLContext tls = options.endpoint().tls() != null ? context(options) : null;
        Socket raw = new Socket();
        try {
            InetSocketAddress address = new InetSocketAddress(
                    options.endpoint().host(), options.endpoint().port());
            if (address.isUnresolved()) {
                throw new UnknownHostException("unknown host");
            }
            raw.connect(address, (int) Math.min(options.connectTimeoutMs(), Integer.MAX_VALUE));
            raw.setTcpNoDelay(true);
            return new Line(options, raw, tls == null ? raw : layer(options, tls, raw));
        } catch (SocketTimeoutException e) {
            close(raw);
            throw ClientException.of(
                    ClientException.Kind.TIMEOUT,
                    "the server at " + options + " did not answer within " + options.connectTimeoutMs() + " ms",
                    e);
        } catch (IOException e) {
            close(raw);
            throw ClientException.of(
                    ClientException.Kind.UNREACHABLE, "cannot connect to " + options + ": " + reason(e), e);
        }
    }

    private static Socket layer(ClientOptions options, SSLContext tls, Socket raw) throws IOException {
        Socket layered = tls.getSocketFactory()
                .createSocket(raw, options.endpoint().host(), options.endpoint().port(), true);
        if (layered instanceof SSLSocket secure) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        return layered;
    }

    private static SSLContext context(ClientOptions options) {
        TlsOptions tls = options.endpoint().tls();
        Path file = tls == null || tls.trust() == null ? null : tls.trust().path();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, file == null ? null : trust(file).getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            String what =
                    file == null ? "TLS cannot be set up: " : "no certificate to trust can be read from " + file + ": ";
            throw ClientException.of(ClientException.Kind.UNREACHABLE, what + reason(e), e);
        }
    }

    private static TrustManagerFactory trust(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int index = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(index++), certificate);
            }
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException("it holds none");
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    /** Whether nobody can listen in on the way. */
    boolean isPrivate() {
        return socket != raw || raw.getInetAddress().isLoopbackAddress();
    }

    /** Shakes hands by TLS, if there is any; before the first read and write. */
    void greet() throws IOException {
        if (socket instanceof SSLSocket secure) {
            try {
                secure.startHandshake();
            } catch (IOException e) {
                throw new IOException("TLS failed: " + reason(e), e);
            }
        }
    }

    /** Reads what is there, at least a byte; -1 at the end of the stream, 0 if nothing came within this time (0: no limit). */
    int read(byte[] buffer, int timeoutMs) throws IOException {
        socket.setSoTimeout(timeoutMs);
        InputStream in = socket.getInputStream();
        try {
            return in.read(buffer);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    void write(byte[] bytes, int length) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes, 0, length);
        out.flush();
    }

    /** Says goodbye by TLS, if there is any, and closes; for the writing thread. */
    void finish() {
        try {
            if (socket != raw) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // The peer is gone already: there is nobody to say goodbye to.
        } finally {
            cut();
        }
    }

    /** Closes without a word. Whoever is reading or writing fails. */
    void cut() {
        close(raw);
    }

    @Override
    public String toString() {
        return options.toString();
    }

    /** An exception's message, or what it is if it has none. */
    static String reason(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed it is all the same.
        }
    }
}
