package org.waybill.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a broker is driven with. The order is that of a session: first what one warm process does, then what needs a
 * process of its own.
 */
enum Workload {
    /** Non-durable, 100 bytes, one producer, one queue, one consumer, 1,000 in flight. */
    W1A("W1a", Kind.FLOW, "size=100"),
    /** The same with 1 KiB. */
    W1B("W1b", Kind.FLOW, "size=1024"),
    /** Durable, 1 KiB, 1,000 in flight. */
    W2("W2", Kind.FLOW, "size=1024 durable=true"),
    /** The same at 2,000 messages a second, for latency. */
    W2L("W2L", Kind.FLOW, "size=1024 durable=true rate=2000"),
    /** Durable, 1 KiB, one in flight, one producer. */
    W3A("W3a", Kind.FLOW, "size=1024 durable=true window=1"),
    /** The same with 16 producers on one queue. */
    W3B("W3b", Kind.FLOW, "size=1024 durable=true window=1 p=16"),
    /** The same with 64 producers on one queue. */
    W3C("W3c", Kind.FLOW, "size=1024 durable=true window=1 p=64"),
    /** Durable, 1 KiB, 8 producers, 8 queues, 8 consumers, 200 in flight each. */
    W4("W4", Kind.FLOW, "size=1024 durable=true window=200 p=8 q=8 c=8"),
    /** A topic, non-durable, 1 KiB, to 20 subscribers. */
    W5A("W5a", Kind.FLOW, "size=1024 topic=true c=20 window=500 backlog=900"),
    /** A topic, durable, 1 KiB, to 10 durable subscriptions. */
    W5B("W5b", Kind.FLOW, "size=1024 topic=true c=10 durable=true dursub=true window=500 backlog=900"),
    /** Transactions of 100 durable messages of 1 KiB. */
    W7("W7", Kind.FLOW, "size=1024 durable=true tx=100"),
    /** A queue with 50 consumers, each selecting a fiftieth. */
    W11Q("W11q", Kind.FLOW, "size=100 selectors=50 c=50 credit=200 backlog=2000"),
    /** A topic with 50 subscribers, each selecting a fiftieth. */
    W11T("W11t", Kind.FLOW, "size=100 selectors=50 c=50 topic=true credit=200 backlog=2000"),
    /** W1b through Qpid JMS. */
    J1("J1", Kind.JMS, "size=1024"),
    /** W2 through Qpid JMS. */
    J2("J2", Kind.JMS, "size=1024 durable=true"),
    /** W3a through Qpid JMS. */
    J3("J3", Kind.JMS, "size=1024 durable=true window=1"),
    /** W7 through Qpid JMS. */
    J7("J7", Kind.JMS, "size=1024 durable=true tx=100"),
    /** J1 at 5,000 messages a second, for the latency. */
    J1L("J1L", Kind.JMS, "size=1024 rate=5000"),
    /** J2 at 2,000 messages a second, for the latency. */
    J2L("J2L", Kind.JMS, "size=1024 durable=true rate=2000"),
    /** J1L through Waybill's own client. */
    J1LW("J1Lw", Kind.JMS, "size=1024 rate=5000 " + Workload.OURS),
    /** J2L through Waybill's own client. */
    J2LW("J2Lw", Kind.JMS, "size=1024 durable=true rate=2000 " + Workload.OURS),
    /** J1 through Waybill's own client. */
    J1W("J1w", Kind.JMS, "size=1024 " + Workload.OURS),
    /** J2 through Waybill's own client. */
    J2W("J2w", Kind.JMS, "size=1024 durable=true " + Workload.OURS),
    /** J3 through Waybill's own client. */
    J3W("J3w", Kind.JMS, "size=1024 durable=true window=1 " + Workload.OURS),
    /** J7 through Waybill's own client. */
    J7W("J7w", Kind.JMS, "size=1024 durable=true tx=100 " + Workload.OURS),
    /** A worker that takes and puts a durable message of 1 KiB in each distributed transaction, prepared and committed. */
    XA1("XA1", Kind.XA, "size=1024 p=1"),
    /** Eight of them. */
    XA8("XA8", Kind.XA, "size=1024 p=8"),
    /** 10,000 idle connections with a session and a receiver each. */
    W9A("W9a", Kind.IDLE, "n=10000 limit=60"),
    /** 10,000 queues with a durable message of 1 KiB each. */
    W9B("W9b", Kind.QUEUES, "n=10000 size=1024 durable=true limit=60"),
    /** 100,000 scheduled durable messages, due within 20 seconds. */
    SCHEDULE("schedule", Kind.SCHEDULE, "n=100000 size=100 durable=true warm=5 measure=20 limit=20"),
    /** Cold start with an empty store to the first accepted open, and the start after a clean stop. */
    W10("W10", Kind.START, ""),
    /** Four producers of durable messages, kill -9 of the broker under load, restart: every settled id must be there. */
    KILL("KILL", Kind.KILL, "durable=true p=4 window=500 measure=6");

    private static final String OURS = "factory=org.waybill.jms.WaybillConnectionFactory";

    private final String id;
    private final Kind kind;
    private final String arguments;

    Workload(String id, Kind kind, String arguments) {
        this.id = id;
        this.kind = kind;
        this.arguments = arguments;
    }

    String id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    /** Arguments for the load generator. */
    List<String> arguments() {
        return arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));
    }

    /** The workload of that id; an unknown one is an error that names the known. */
    static Workload of(String id) {
        return Arrays.stream(values())
                .filter(workload -> workload.id.equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload '" + id + "'; there are "
                        + Arrays.stream(values()).map(Workload::id).collect(Collectors.joining(", "))));
    }

    /** How a workload is run. */
    enum Kind {
        /** Producers and consumers of the raw driver on a warm process. */
        FLOW,
        /** The same through a JMS client. */
        JMS,
        /** Distributed transactions through the JMS client of the broker's make. */
        XA,
        /** Idle connections on a fresh process with its own heap. */
        IDLE,
        /** Many queues on a fresh process. */
        QUEUES,
        /** Scheduled messages on a fresh process. */
        SCHEDULE,
        /** Starts only. */
        START,
        /** A fresh process, killed and started again. */
        KILL
    }
}
