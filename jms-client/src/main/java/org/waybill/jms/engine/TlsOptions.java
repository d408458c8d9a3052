package org.waybill.jms.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS.
 *
 * @param trust whom to trust instead of the platform's authorities, or null
 * @param key the certificate and private key to show to a server that asks for them, or null
 * @param verifiesHost whether the server's certificate must name the host that was asked for
 * @param trustsAnybody whether any certificate will do: only for trying things out, it leaves the connection open to whoever can put
 *     themselves in between
 * @param serverName the name to ask for (SNI) and to find in the certificate, or null for the host
 * @param protocols the protocols to offer, {@code TLSv1.3} for example; empty for the platform's choice
 * @param cipherSuites the cipher suites to offer; empty for the platform's choice
 */
public record TlsOptions(
        @Nullable KeyFile trust,
        @Nullable KeyFile key,
        boolean verifiesHost,
        boolean trustsAnybody,
        @Nullable String serverName,
        List<String> protocols,
        List<String> cipherSuites) {
    /** The platform's authorities and choices, the server's name checked. */
    public static final TlsOptions DEFAULT = new TlsOptions(null, null, true, false, null, List.of(), List.of());

    /** Copies the lists. */
    public TlsOptions {
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
    }

    /** Trusting what is in this file instead of the platform's authorities. */
    public TlsOptions withTrust(@Nullable KeyFile file) {
        return new TlsOptions(file, key, verifiesHost, trustsAnybody, serverName, protocols, cipherSuites);
    }

    /** Showing the certificate in this file to a server that asks for one. */
    public TlsOptions withKey(@Nullable KeyFile file) {
        return new TlsOptions(trust, file, verifiesHost, trustsAnybody, serverName, protocols, cipherSuites);
    }

    /** Checking the server's name or not. */
    public TlsOptions withVerifiesHost(boolean verifies) {
        return new TlsOptions(trust, key, verifies, trustsAnybody, serverName, protocols, cipherSuites);
    }

    /** Taking any certificate or not. */
    public TlsOptions withTrustsAnybody(boolean trusts) {
        return new TlsOptions(trust, key, verifiesHost, trusts, serverName, protocols, cipherSuites);
    }

    /** Asking for this name instead of the host. */
    public TlsOptions withServerName(@Nullable String name) {
        return new TlsOptions(trust, key, verifiesHost, trustsAnybody, name, protocols, cipherSuites);
    }

    /** Offering these protocols. */
    public TlsOptions withProtocols(List<String> names) {
        return new TlsOptions(trust, key, verifiesHost, trustsAnybody, serverName, names, cipherSuites);
    }

    /** Offering these cipher suites. */
    public TlsOptions withCipherSuites(List<String> names) {
        return new TlsOptions(trust, key, verifiesHost, trustsAnybody, serverName, protocols, names);
    }
}
