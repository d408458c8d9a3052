package org.waybill.systemtests.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.waybill.systemtests.Distribution;

/**
 * A certificate made by the JDK's own keytool.
 *
 * @param pem the certificate as a PEM file
 * @param key its private key as an unencrypted PKCS #8 PEM file
 * @param store both in a PKCS #12 store, which a client may trust
 */
public record Certificate(Path pem, Path key, Path store) {
    /** The store's password. */
    public static final String PASSWORD = "changeit";

    private static final String ALIAS = "server";

    /** A self-signed one for localhost and 127.0.0.1. */
    public static Certificate make() {
        return make("dns:localhost,ip:127.0.0.1");
    }

    /** A self-signed one for these names, as keytool takes them: {@code dns:localhost,ip:127.0.0.1}. */
    public static Certificate make(String names) {
        try {
            Path store = newStore();
            generate(store, names);
            return of(store);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate could be made", e);
        }
    }

    /**
     * One that this one has signed.
     *
     * @param names whom it is for, as in {@link #make(String)}
     * @param start when the two days begin that it is valid for, as keytool takes it: {@code -3d} for three days ago
     */
    public Certificate sign(String names, String start) {
        try {
            Path theirs = newStore();
            Path request = theirs.resolveSibling("request.csr");
            Path answer = theirs.resolveSibling("answer.pem");
            generate(theirs, names);
            keytool(theirs, "-certreq", "-alias", ALIAS, "-file", request.toString());
            keytool(
                    store,
                    "-gencert",
                    "-rfc",
                    "-alias",
                    ALIAS,
                    "-startdate",
                    start,
                    "-validity",
                    "2",
                    "-ext",
                    "san=" + names,
                    "-infile",
                    request.toString(),
                    "-outfile",
                    answer.toString());
            keytool(theirs, "-importcert", "-noprompt", "-alias", "authority", "-file", pem.toString());
            keytool(theirs, "-importcert", "-noprompt", "-alias", ALIAS, "-file", answer.toString());
            return of(theirs);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate could be signed", e);
        }
    }

    private static Path newStore() {
        return Distribution.newDirectory("tls").resolve("server.p12");
    }

    private static void generate(Path store, String names) throws IOException {
        keytool(
                store,
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=" + names,
                "-ext",
                "bc=ca:true",
                "-storetype",
                "PKCS12");
    }

    private static void keytool(Path store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Path log = store.resolveSibling("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }

    private static Certificate of(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path pem = store.resolveSibling("server.pem");
        Path key = store.resolveSibling("server.key");
        Files.writeString(pem, pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        return new Certificate(pem, key, store);
    }

    private static String pem(String type, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }
}
