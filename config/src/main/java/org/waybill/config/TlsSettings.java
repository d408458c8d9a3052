package org.waybill.config;

import java.nio.file.Path;

/**
 * The AMQP listener with TLS. Immutable.
 *
 * @param port the port, 0 for any free one
 * @param certificate a PEM file with the certificate chain, the server's own first
 * @param key a PEM file with the unencrypted PKCS #8 private key
 */
public record TlsSettings(int port, Path certificate, Path key) {
    /** The port where none is given. */
    static final int DEFAULT_PORT = 5671;

    static TlsSettings read(Section in) {
        return new TlsSettings(
                in.integer("port", DEFAULT_PORT, 0, 65_535), Path.of(in.text("certificate")), Path.of(in.text("key")));
    }
}
