package org.waybill.jms.engine;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file of certificates, or of a certificate and its private key.
 *
 * @param path where it is; a PEM file that holds a key holds the certificates, too
 * @param format how it is written
 * @param password of a key store, or null
 * @param alias which entry of a key store to use, or null for the first one
 */
public record KeyFile(Path path, Format format, @Nullable String password, @Nullable String alias) {
    /** The formats. */
    public enum Format {
        /** Text: {@code BEGIN CERTIFICATE}, {@code BEGIN PRIVATE KEY} (PKCS #8). */
        PEM,
        /** Java's own key store. */
        JKS,
        /** The standard's key store. */
        PKCS12;

        /** What the file's name says: {@code .jks}, {@code .p12}, {@code .pfx} or {@code .pkcs12}; otherwise PEM. */
        public static Format of(Path path) {
            String name = path.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".jks") || name.endsWith(".keystore") || name.endsWith(".truststore")) {
                return JKS;
            }
            return name.endsWith(".p12") || name.endsWith(".pfx") || name.endsWith(".pkcs12") ? PKCS12 : PEM;
        }
    }

    /** A PEM file. */
    public static KeyFile pem(Path path) {
        return new KeyFile(path, Format.PEM, null, null);
    }

    /** A file in the format that its name says. */
    public static KeyFile of(Path path, @Nullable String password) {
        return new KeyFile(path, Format.of(path), password, null);
    }

    /** Never the password. */
    @Override
    public String toString() {
        return path.toString();
    }
}
