package org.waybill.jms.uri;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.KeyFile;
import org.waybill.jms.engine.TlsOptions;

/** The options {@code transport.*} and {@code amqp.*} as they are read: how to speak to one server. */
final class ServerDraft {
    private static final String ENABLE =
            "say which to use by transport.enabledProtocols and transport.enabledCipherSuites instead";
    private static final String RECORD = "record what the network carries instead";

    static final OptionTable<ServerDraft> OPTIONS = table();

    long connectTimeoutMs;
    long idleTimeoutMs;

    @Nullable
    String virtualHost;

    List<String> mechanisms = List.of();
    boolean insecureRedirects;
    private @Nullable Path keyStore;
    private @Nullable String keyStorePassword;
    private KeyFile.@Nullable Format keyStoreType;
    private @Nullable String keyAlias;
    private @Nullable Path trustStore;
    private @Nullable String trustStorePassword;
    private KeyFile.@Nullable Format trustStoreType;
    private boolean trustAll;
    private boolean verifyHost;
    private @Nullable String serverName;
    private List<String> protocols = List.of();
    private List<String> cipherSuites = List.of();

    private static OptionTable<ServerDraft> table() {
        OptionTable.Builder<ServerDraft> table = new OptionTable.Builder<>(ServerDraft::new)
                .limit("transport.connectTimeout", 0, (draft, value) -> draft.connectTimeoutMs = value)
                .delay(
                        "amqp.idleTimeout",
                        ClientOptions.DEFAULT_IDLE_TIMEOUT_MS,
                        (draft, ms) -> draft.idleTimeoutMs = ms)
                .text("amqp.vhost", (draft, value) -> draft.virtualHost = value)
                .names("amqp.saslMechanisms", (draft, value) -> draft.mechanisms = value)
                .flag("amqp.allowNonSecureRedirects", false, (draft, value) -> draft.insecureRedirects = value);
        tls(table);
        // Options of Qpid JMS: its sockets, its buffers, its native libraries.
        return table.passOver(
                        "transport.sendBufferSize",
                        "transport.receiveBufferSize",
                        "transport.trafficClass",
                        "transport.soTimeout",
                        "transport.soLinger",
                        "transport.tcpKeepAlive",
                        "transport.tcpNoDelay",
                        "transport.sharedEventLoopThreads",
                        "transport.useEpoll",
                        "transport.useKQueue",
                        "transport.useOpenSSL",
                        "amqp.maxFrameSize",
                        "amqp.channelMax",
                        "amqp.drainTimeout",
                        "amqp.maxWriteBytesBeforeFlush",
                        "amqp.sessionOutgoingWindow",
                        "amqp.anonymousFallbackCacheSize",
                        "amqp.anonymousFallbackCacheTimeout")
                .refuse("transport.disabledCipherSuites", ENABLE)
                .refuse("transport.disabledProtocols", ENABLE)
                .refuse("transport.contextProtocol", "transport.enabledProtocols says which TLS to speak")
                .refuse("transport.localAddress", "the operating system chooses where a connection comes from")
                .refuse("transport.localPort", "the operating system chooses where a connection comes from")
                .refuse("transport.ws.httpHeader.", "the WebSocket's request has no headers of the application")
                .refuse("transport.traceBytes", RECORD)
                .refuse("amqp.traceBytes", RECORD)
                .refuse("amqp.traceFrames", RECORD)
                .refuse("amqp.traceFramesPayloadLimit", RECORD)
                .refuse("amqp.saslLayer", "every connection logs in, if only as nobody in particular")
                .refuse("sasl.options.", "Kerberos is not one of its SASL mechanisms")
                .build();
    }

    private static void tls(OptionTable.Builder<ServerDraft> table) {
        table.choice("transport.storeType", KeyFile.Format.class, null, (draft, value) -> {
                    draft.keyStoreType = value;
                    draft.trustStoreType = value;
                })
                .text("transport.keyStoreLocation", path((draft, value) -> draft.keyStore = value))
                .secret("transport.keyStorePassword", (draft, value) -> draft.keyStorePassword = value)
                .choice(
                        "transport.keyStoreType",
                        KeyFile.Format.class,
                        null,
                        (draft, value) -> draft.keyStoreType = value)
                .text("transport.keyAlias", (draft, value) -> draft.keyAlias = value)
                .text("transport.trustStoreLocation", path((draft, value) -> draft.trustStore = value))
                .secret("transport.trustStorePassword", (draft, value) -> draft.trustStorePassword = value)
                .choice(
                        "transport.trustStoreType",
                        KeyFile.Format.class,
                        null,
                        (draft, value) -> draft.trustStoreType = value)
                .flag("transport.trustAll", false, (draft, value) -> draft.trustAll = value)
                .flag("transport.verifyHost", true, (draft, value) -> draft.verifyHost = value)
                .text("transport.serverName", (draft, value) -> draft.serverName = value)
                .names("transport.enabledProtocols", (draft, value) -> draft.protocols = value)
                .names("transport.enabledCipherSuites", (draft, value) -> draft.cipherSuites = value);
    }

    private static BiConsumer<ServerDraft, String> path(BiConsumer<ServerDraft, Path> setter) {
        return (draft, value) -> {
            try {
                setter.accept(draft, Path.of(value));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e);
            }
        };
    }

    TlsOptions tls() {
        return new TlsOptions(
                file(trustStore, trustStoreType, trustStorePassword, null),
                file(keyStore, keyStoreType, keyStorePassword, keyAlias),
                verifyHost,
                trustAll,
                serverName,
                protocols,
                cipherSuites);
    }

    private static @Nullable KeyFile file(
            @Nullable Path path, KeyFile.@Nullable Format format, @Nullable String password, @Nullable String alias) {
        return path == null
                ? null
                : new KeyFile(path, format == null ? KeyFile.Format.of(path) : format, password, alias);
    }
}
