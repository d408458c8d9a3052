package org.waybill.jms.uri;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.failover.FailoverOptions;
import org.waybill.jms.failover.FailoverOptions.ServerListAction;

/** The options {@code failover.*} as they are read, without those that are nested. */
final class FailoverDraft {
    static final OptionTable<FailoverDraft> OPTIONS = table();

    private long initialReconnectDelayMs;
    private long reconnectDelayMs;
    private long maxReconnectDelayMs;
    private boolean backsOff;
    private double backOffMultiplier;
    private int maxReconnectAttempts;
    private @Nullable Integer startupMaxReconnectAttempts;
    private int warnAfterReconnectAttempts;
    private boolean randomize;
    private ServerListAction serverListAction = ServerListAction.REPLACE;
    private @Nullable String near;

    private static OptionTable<FailoverDraft> table() {
        return new OptionTable.Builder<>(FailoverDraft::new)
                .delay("failover.initialReconnectDelay", 0, (draft, value) -> draft.initialReconnectDelayMs = value)
                .delay("failover.reconnectDelay", 10, (draft, value) -> draft.reconnectDelayMs = value)
                .delay("failover.maxReconnectDelay", 30_000, (draft, value) -> draft.maxReconnectDelayMs = value)
                .flag("failover.useReconnectBackOff", true, (draft, value) -> draft.backsOff = value)
                .decimal(
                        "failover.reconnectBackOffMultiplier",
                        2,
                        1,
                        1000,
                        (draft, value) -> draft.backOffMultiplier = value)
                .count("failover.maxReconnectAttempts", -1, (draft, value) -> draft.maxReconnectAttempts = value)
                .number(
                        "failover.startupMaxReconnectAttempts",
                        -1,
                        Integer.MAX_VALUE,
                        (draft, value) -> draft.startupMaxReconnectAttempts = value)
                .number(
                        "failover.warnAfterReconnectAttempts",
                        10,
                        0,
                        Integer.MAX_VALUE,
                        (draft, value) -> draft.warnAfterReconnectAttempts = value)
                .flag("failover.randomize", false, (draft, value) -> draft.randomize = value)
                .choice(
                        "failover.amqpOpenServerListAction",
                        ServerListAction.class,
                        ServerListAction.REPLACE,
                        (draft, value) -> draft.serverListAction = value)
                .text("failover.near", (draft, value) -> draft.near = value)
                .build();
    }

    FailoverOptions options() {
        return new FailoverOptions(
                initialReconnectDelayMs,
                reconnectDelayMs,
                maxReconnectDelayMs,
                backsOff ? backOffMultiplier : 1,
                maxReconnectAttempts,
                startupMaxReconnectAttempts == null ? maxReconnectAttempts : startupMaxReconnectAttempts,
                warnAfterReconnectAttempts,
                randomize,
                serverListAction,
                near);
    }
}
