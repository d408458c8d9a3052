package org.waybill.systemtests.cluster.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace for each node, joined by a bridge to which this machine, and with it the clients, is connected, too.
 *
 * <p>A line is cut by telling the one node a wrong hardware address of the other: its packets leave and nobody takes them, as on a cable that
 * is broken in one direction, while connections, routes and interfaces look well. Nothing but {@code ip} and {@code tc} is needed, and root.
 * Delay takes the kernel's {@code netem}, which some lack.
 */
public final class NamespaceNetwork implements Network {
    private static final int CLIENTS = 254;
    private static final String NOBODY = "02:77:62:ff:ff:ff";
    private static final int LIMIT_SECONDS = 20;

    private final String name;
    private final String subnet;
    private final int nodes;
    private final boolean netem;
    private final Thread atExit = new Thread(this::remove, "remove-namespaces");

    /**
     * Makes it.
     *
     * @param number which of many on this machine, 0 to 255
     */
    public NamespaceNetwork(int number, int nodes) {
        name = "wb" + number;
        subnet = "10.231." + number + ".";
        this.nodes = nodes;
        remove();
        Runtime.getRuntime().addShutdownHook(atExit);
        run("ip", "link", "add", name, "type", "bridge");
        run("ip", "addr", "add", subnet + CLIENTS + "/24", "dev", name);
        run("ip", "link", "set", name, "up");
        for (int node = 1; node <= nodes; node++) {
            add(node);
        }
        netem = attempt(tc(1, "add", "netem", "delay", "1ms")).isEmpty();
        heal();
    }

    /** Why such networks cannot be had on this machine, if they cannot. */
    public static Optional<String> unavailable() {
        String probe = "wbprobe" + ProcessHandle.current().pid() % 100_000;
        Optional<String> added = attempt("ip", "netns", "add", probe);
        if (added.isPresent()) {
            return Optional.of("No network namespaces here (they need Linux, root and iproute2): " + added.get());
        }
        Optional<String> bridged = attempt("ip", "link", "add", probe, "type", "bridge");
        attempt("ip", "link", "del", probe);
        attempt("ip", "netns", "del", probe);
        return bridged.map(why -> "No bridges between network namespaces here: " + why);
    }

    private void add(int node) {
        String inside = name + "n" + node;
        String outside = name + "v" + node;
        run("ip", "netns", "add", inside);
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", inside);
        run("ip", "link", "set", outside, "master", name, "up");
        run(in(node, "ip", "link", "set", "lo", "up"));
        run(in(node, "ip", "link", "set", "eth0", "address", hardware(node)));
        run(in(node, "ip", "addr", "add", host(node) + "/24", "dev", "eth0"));
        run(in(node, "ip", "link", "set", "eth0", "up"));
    }

    @Override
    public Set<Fault> faults() {
        return netem ? EnumSet.allOf(Fault.class) : EnumSet.of(Fault.CUT, Fault.RATE);
    }

    @Override
    public String host(int node) {
        return subnet + node;
    }

    @Override
    public int portForPeers(int node, int port) {
        return port;
    }

    @Override
    public List<String> command(int node) {
        return List.of("ip", "netns", "exec", name + "n" + node);
    }

    @Override
    public void started(int node, long pid) {
        // a namespace knows its processes
    }

    @Override
    public void cut(int from, int to) {
        neighbour(from, to, NOBODY);
    }

    @Override
    public void heal() {
        for (int node = 1; node <= nodes; node++) {
            for (int other = 1; other <= nodes; other++) {
                if (other != node) {
                    neighbour(node, other, hardware(other));
                }
            }
            attempt(in(node, "tc", "qdisc", "del", "dev", "eth0", "root"));
            attempt("tc", "qdisc", "del", "dev", name + "v" + node, "root");
        }
    }

    @Override
    public void delay(int node, Duration late) {
        String ms = late.toMillis() + "ms";
        run(tc(node, "replace", "netem", "delay", ms));
        run("tc", "qdisc", "replace", "dev", name + "v" + node, "root", "netem", "delay", ms);
    }

    @Override
    public void limit(int node, long bytesPerSecond) {
        String rate = bytesPerSecond + "bps";
        run(tc(node, "replace", "tbf", "rate", rate, "burst", "32kb", "latency", "400ms"));
        String outside = name + "v" + node;
        run("tc", "qdisc", "replace", "dev", outside, "root", "tbf", "rate", rate, "burst", "32kb", "latency", "400ms");
    }

    private void neighbour(int node, int other, String hardware) {
        run(in(node, "ip", "neigh", "replace", host(other), "lladdr", hardware, "dev", "eth0", "nud", "permanent"));
    }

    private static String hardware(int node) {
        return "02:77:62:00:00:%02x".formatted(node);
    }

    private String[] tc(int node, String verb, String... discipline) {
        List<String> command = new ArrayList<>(List.of("tc", "qdisc", verb, "dev", "eth0", "root"));
        command.addAll(List.of(discipline));
        return in(node, command.toArray(String[]::new));
    }

    private String[] in(int node, String... command) {
        List<String> whole = new ArrayList<>(command(node));
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
    }

    private void remove() {
        for (int node = 1; node <= nodes; node++) {
            // first, since the kernel takes its time to clear what was in a namespace
            attempt("ip", "link", "del", name + "v" + node);
            attempt("ip", "netns", "del", name + "n" + node);
        }
        attempt("ip", "link", "del", name);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        remove();
    }

    private static void run(String... command) {
        attempt(command).ifPresent(why -> {
            throw new IllegalStateException(String.join(" ", command) + ": " + why);
        });
    }

    /** What the command said if it failed. */
    private static Optional<String> attempt(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? Optional.empty() : Optional.of(said);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command[0] + " ran", e);
        }
    }
}
