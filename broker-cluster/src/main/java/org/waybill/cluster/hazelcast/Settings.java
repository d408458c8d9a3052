package org.waybill.cluster.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.cp.CPSubsystemConfig;
import java.util.Map;

/** How Hazelcast is set, and why; docs/ARCHITECTURE.md, "Who leads", has the table. */
final class Settings {
    /** The attribute of a member that says which node it is. */
    static final String NODE = "waybill.node";

    private static final int CONNECT_SECONDS = 2;
    private static final int AUTO_REMOVAL_SECONDS = 10;
    private static final int SESSION_SECONDS = 5;
    private static final int SESSION_HEARTBEAT_SECONDS = 1;
    private static final int RAFT_ELECTION_MS = 300;
    private static final int RAFT_HEARTBEAT_MS = 250;
    private static final int RAFT_MISSED_HEARTBEATS = 3;

    /**
     * More than nodes: the thread that writes to a peer which accepts a connection and then says nothing (a process that is frozen)
     * runs in a circle until it does, and nobody else's messages must wait for it.
     */
    private static final String IO_OUTPUT_THREADS = "8";

    /** Quick to notice who is gone, and who is back. */
    private static final Map<String, String> TIMES = Map.ofEntries(
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "3"),
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "2"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "3"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
            Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
            Map.entry("hazelcast.invocation.retry.pause.millis", "100"),
            Map.entry("hazelcast.socket.connect.timeout.seconds", "2"));

    /** Nothing but the CP subsystem is used, by a handful of calls a second. */
    private static final Map<String, String> THREADS = Map.ofEntries(
            Map.entry("hazelcast.partition.count", "11"),
            Map.entry("hazelcast.io.input.thread.count", "1"),
            Map.entry("hazelcast.io.output.thread.count", IO_OUTPUT_THREADS),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.operation.priority.generic.thread.count", "1"),
            Map.entry("hazelcast.operation.response.thread.count", "1"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.clientengine.query.thread.count", "1"),
            Map.entry("hazelcast.clientengine.blocking.thread.count", "1"));

    /** It listens where it is told to, tells nobody about itself, and leaves the process to the broker. */
    private static final Map<String, String> MANNERS = Map.ofEntries(
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.jmx", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.health.monitoring.level", "OFF"),
            Map.entry("hazelcast.logging.type", "slf4j"),
            Map.entry("hazelcast.logging.details.enabled", "false"),
            Map.entry("hazelcast.logging.emoji.enabled", "false"));

    private Settings() {}

    static Config of(HazelcastOptions options) {
        Config config = new Config();
        config.setClusterName(options.cluster());
        TIMES.forEach(config::setProperty);
        THREADS.forEach(config::setProperty);
        MANNERS.forEach(config::setProperty);
        config.setProperty("hazelcast.local.localAddress", options.seat().host());
        config.getMemberAttributeConfig().setAttribute(NODE, Integer.toString(options.self()));
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        // answers are Hazelcast's and Java's own classes; no other one is made from what comes over the network
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
        network(config.getNetworkConfig(), options);
        coordination(config.getCPSubsystemConfig(), options);
        return config;
    }

    private static void network(NetworkConfig network, HazelcastOptions options) {
        network.setPort(options.seat().port()).setPortAutoIncrement(false).setReuseAddress(true);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(CONNECT_SECONDS);
        options.seats().forEach(seat -> join.getTcpIpConfig().addMember(seat.toString()));
    }

    private static void coordination(CPSubsystemConfig cp, HazelcastOptions options) {
        cp.setCPMemberCount(options.electors());
        cp.setGroupSize(options.electors());
        cp.setSessionTimeToLiveSeconds(SESSION_SECONDS);
        cp.setSessionHeartbeatIntervalSeconds(SESSION_HEARTBEAT_SECONDS);
        cp.setMissingCPMemberAutoRemovalSeconds(AUTO_REMOVAL_SECONDS);
        cp.getRaftAlgorithmConfig()
                .setLeaderElectionTimeoutInMillis(RAFT_ELECTION_MS)
                .setLeaderHeartbeatPeriodInMillis(RAFT_HEARTBEAT_MS)
                .setMaxMissedLeaderHeartbeatCount(RAFT_MISSED_HEARTBEATS);
    }
}
