package org.waybill.jms.uri;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.message.DeserializationPolicy;
import org.waybill.jms.session.ConnectionSettings;

/** The options {@code jms.*} as they are read: how connections behave towards the application. */
final class JmsDraft {
    private static final String PRESETTLED =
            "a message is settled when it is safe; jms.forceAsyncSend sends without waiting for that";

    static final OptionTable<JmsDraft> OPTIONS = table();

    @Nullable
    String username;

    @Nullable
    String password;

    @Nullable
    String clientId;

    String clientIdPrefix = "";
    boolean forceAsyncSend;
    boolean forceSyncSend;
    boolean exactlyOnce;
    boolean localMessageExpiry;
    boolean receiveLocalOnly;
    boolean receiveNoWaitLocalOnly;
    boolean populateUserId;
    boolean validatePropertyNames;
    boolean daemonThreads;
    boolean jmx;
    boolean closeLinksThatFailOnReconnect;
    long connectTimeoutMs;
    long requestTimeoutMs;
    long sendTimeoutMs;
    long closeTimeoutMs;
    int queuePrefetch;
    int topicPrefetch;
    int durableTopicPrefetch;
    int browserPrefetch;
    int maxRedeliveries;
    ConnectionSettings.Outcome redeliveryOutcome = ConnectionSettings.Outcome.MODIFIED_FAILED_UNDELIVERABLE;
    String allowList = "";
    String denyList = "";
    int maxDepth;
    int maxArrayLength;
    int maxReferences;

    private static OptionTable<JmsDraft> table() {
        OptionTable.Builder<JmsDraft> table = new OptionTable.Builder<>(JmsDraft::new)
                .text("jms.username", (draft, value) -> draft.username = value)
                .secret("jms.password", (draft, value) -> draft.password = value)
                .text("jms.clientID", (draft, value) -> draft.clientId = value)
                .free("jms.clientIDPrefix", "waybill-", (draft, value) -> draft.clientIdPrefix = value);
        sending(table);
        receiving(table);
        waiting(table);
        // Options of Qpid JMS: how it divides its work, and what it checks before the server does.
        return table.passOver(
                        "jms.forceAsyncAcks", "jms.awaitClientID", "jms.connectionIDPrefix", "jms.validateSelector")
                .refuse("jms.localMessagePriority", "messages come in the server's order")
                .refuse("jms.queuePrefix", "write it into the queue's name, or let the server state it in its open")
                .refuse("jms.topicPrefix", "write it into the topic's name, or let the server state it in its open")
                .refuse("jms.messageIDPolicy.", "a message's id is a text that begins with ID:")
                .refuse("jms.presettlePolicy.", PRESETTLED)
                .refuse("jms.tracing", "it needs no option")
                .build();
    }

    private static void sending(OptionTable.Builder<JmsDraft> table) {
        table.flag("jms.forceAsyncSend", false, (draft, value) -> draft.forceAsyncSend = value)
                .flag("jms.forceSyncSend", false, (draft, value) -> draft.forceSyncSend = value)
                .flag("jms.exactlyOnce", false, (draft, value) -> draft.exactlyOnce = value)
                .flag("jms.populateJMSXUserID", false, (draft, value) -> draft.populateUserId = value)
                .flag("jms.validatePropertyNames", true, (draft, value) -> draft.validatePropertyNames = value);
    }

    private static void receiving(OptionTable.Builder<JmsDraft> table) {
        int most = 0x7FFF;
        table.number("jms.prefetchPolicy.all", 0, most, JmsDraft::prefetchAll)
                .number(
                        "jms.prefetchPolicy.queuePrefetch",
                        1000,
                        0,
                        most,
                        (draft, value) -> draft.queuePrefetch = value)
                .number(
                        "jms.prefetchPolicy.topicPrefetch",
                        1000,
                        0,
                        most,
                        (draft, value) -> draft.topicPrefetch = value)
                .number(
                        "jms.prefetchPolicy.durableTopicPrefetch",
                        1000,
                        0,
                        most,
                        (draft, value) -> draft.durableTopicPrefetch = value)
                .number(
                        "jms.prefetchPolicy.queueBrowserPrefetch",
                        1000,
                        0,
                        most,
                        (draft, value) -> draft.browserPrefetch = value)
                .count("jms.redeliveryPolicy.maxRedeliveries", -1, (draft, value) -> draft.maxRedeliveries = value)
                .choice(
                        "jms.redeliveryPolicy.outcome",
                        ConnectionSettings.Outcome.class,
                        ConnectionSettings.Outcome.MODIFIED_FAILED_UNDELIVERABLE,
                        (draft, value) -> draft.redeliveryOutcome = value)
                .free("jms.deserializationPolicy.allowList", "", (draft, value) -> draft.allowList = value)
                .free("jms.deserializationPolicy.denyList", "", (draft, value) -> draft.denyList = value)
                .number(
                        "jms.deserializationPolicy.maxDepth",
                        DeserializationPolicy.DEFAULT_MAX_DEPTH,
                        1,
                        Integer.MAX_VALUE,
                        (draft, value) -> draft.maxDepth = value)
                .number(
                        "jms.deserializationPolicy.maxArrayLength",
                        DeserializationPolicy.DEFAULT_MAX_ARRAY_LENGTH,
                        0,
                        Integer.MAX_VALUE,
                        (draft, value) -> draft.maxArrayLength = value)
                .number(
                        "jms.deserializationPolicy.maxReferences",
                        DeserializationPolicy.DEFAULT_MAX_REFERENCES,
                        1,
                        Integer.MAX_VALUE,
                        (draft, value) -> draft.maxReferences = value)
                .flag("jms.localMessageExpiry", true, (draft, value) -> draft.localMessageExpiry = value)
                .flag("jms.receiveLocalOnly", false, (draft, value) -> draft.receiveLocalOnly = value)
                .flag("jms.receiveNoWaitLocalOnly", false, (draft, value) -> draft.receiveNoWaitLocalOnly = value);
    }

    private static void waiting(OptionTable.Builder<JmsDraft> table) {
        table.limit("jms.connectTimeout", 15_000, (draft, value) -> draft.connectTimeoutMs = value)
                .limit("jms.requestTimeout", 60_000, (draft, value) -> draft.requestTimeoutMs = value)
                .limit("jms.sendTimeout", 60_000, (draft, value) -> draft.sendTimeoutMs = value)
                .limit("jms.closeTimeout", 60_000, (draft, value) -> draft.closeTimeoutMs = value)
                .flag("jms.useDaemonThread", false, (draft, value) -> draft.daemonThreads = value)
                .flag("jms.jmx", false, (draft, value) -> draft.jmx = value)
                .flag(
                        "jms.closeLinksThatFailOnReconnect",
                        false,
                        (draft, value) -> draft.closeLinksThatFailOnReconnect = value);
    }

    private void prefetchAll(int messages) {
        queuePrefetch = messages;
        topicPrefetch = messages;
        durableTopicPrefetch = messages;
        browserPrefetch = messages;
    }

    ConnectionSettings settings() {
        return new ConnectionSettings(
                clientId,
                populateUserId ? username : null,
                forceAsyncSend,
                forceSyncSend,
                localMessageExpiry,
                receiveLocalOnly,
                receiveNoWaitLocalOnly,
                daemonThreads,
                closeLinksThatFailOnReconnect,
                exactlyOnce,
                validatePropertyNames,
                jmx,
                new ConnectionSettings.Timeouts(requestTimeoutMs, sendTimeoutMs, closeTimeoutMs),
                new ConnectionSettings.Prefetch(queuePrefetch, topicPrefetch, durableTopicPrefetch, browserPrefetch),
                new ConnectionSettings.Redelivery(maxRedeliveries, redeliveryOutcome),
                new DeserializationPolicy(
                        DeserializationPolicy.names(allowList),
                        DeserializationPolicy.names(denyList),
                        maxDepth,
                        maxArrayLength,
                        maxReferences));
    }
}
