package org.waybill.cluster.link;

import java.nio.file.Path;

/**
 * Encrypts links, and lets certificates prove who is at their ends: of both sides each.
 *
 * @param certificate a PEM file with this node's certificate chain, its own first
 * @param key a PEM file with its unencrypted PKCS #8 private key
 * @param trust a PEM file with the authorities whose certificates are believed: best one that signs for this cluster alone
 * @param checksNames whether a node's certificate must name it: its name or its host among the alternative names. Without this whoever has
 *     any certificate of these authorities may speak for any node
 */
public record LinkTls(Path certificate, Path key, Path trust, boolean checksNames) {}
