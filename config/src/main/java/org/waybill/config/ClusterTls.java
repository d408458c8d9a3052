package org.waybill.config;

import java.nio.file.Path;

/**
 * The certificates by which a node proves to others of its cluster who it is, and which encrypt what they say to each other. Immutable.
 *
 * @param certificate a PEM file with the node's certificate chain, its own first
 * @param key a PEM file with its unencrypted PKCS #8 private key
 * @param trust a PEM file with the authorities whose certificates other nodes must have
 * @param checkNames whether a certificate must name the node that shows it, by its name or its host
 */
public record ClusterTls(Path certificate, Path key, Path trust, boolean checkNames) {
    static ClusterTls read(Section in) {
        return new ClusterTls(
                Path.of(in.text("certificate")),
                Path.of(in.text("key")),
                Path.of(in.text("trust")),
                in.flag("check-names", true));
    }
}
