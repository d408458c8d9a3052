package org.waybill.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientOptions;

/** Three nodes of a cluster as three processes on this machine, on loopback, as long as this process runs. */
final class ClusterDemo {
    private static final int NODES = 3;
    private static final int READY_S = 60;
    private static final int STOP_S = 30;
    private static final int ANSWER_MS = 2_000;
    private static final int LOOK_MS = 200;

    /** For how long a cluster that serves may take to spread its leaders; after a restart it takes its time. */
    private static final int SPREAD_S = 2;

    private final Path directory;
    private final int port;
    private final Output out;
    private final List<Process> processes = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<String, String> leaders = new TreeMap<>();
    private final Set<String> leaderless = new HashSet<>();

    ClusterDemo(Path directory, int port, Output out) {
        this.directory = directory;
        this.port = port;
        this.out = out;
    }

    /** Runs until this process is told to end, or no node is left. */
    void run() {
        for (int node = 0; node < NODES; node++) {
            checkFree(port + node);
            checkFree(port + 10 + node);
            checkFree(port + 20 + node);
        }
        if (!Files.exists(file(0))) {
            ClusterFiles.onLoopback(directory, port).write(directory);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "waybill-demo-stop"));
        try {
            for (int node = 0; node < NODES; node++) {
                processes.add(start(node));
            }
            awaitReady();
            greet();
            watch();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Path file(int node) {
        return directory.resolve(name(node) + ".yaml");
    }

    private Path log(int node) {
        return directory.resolve(name(node) + ".log");
    }

    private static String name(int node) {
        return "n" + (node + 1);
    }

    private void checkFree(int port) {
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            free.setReuseAddress(true);
        } catch (IOException taken) {
            throw new CliFailure(
                    ExitCode.PORT,
                    "Port " + port
                            + " is in use; give another with --port, or end what runs there (a node of an earlier demo"
                            + " ends by: " + program() + " stop --data " + directory.resolve("n1") + ").");
        }
    }

    private static String program() {
        return Path.of(System.getProperty("waybill.home", "."), "bin", "waybill")
                .toString();
    }

    private Process start(int node) {
        boolean isWindows = System.getProperty("os.name").startsWith("Windows");
        try {
            return new ProcessBuilder(
                            program() + (isWindows ? ".bat" : ""),
                            "start",
                            "--config",
                            file(node).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log(node).toFile()))
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException("A node cannot be started: " + failure.getMessage() + ".", failure);
        }
    }

    // ---- until it serves

    private void awaitReady() throws InterruptedException {
        int served = 0;
        for (int waited = 0; waited < READY_S * 1_000 / LOOK_MS; waited++) {
            for (int node = 0; node < NODES; node++) {
                if (!processes.get(node).isAlive()) {
                    throw new CliFailure(
                            ExitCode.FAILED, "Node " + name(node) + " has ended, " + log(node) + " says why.");
                }
            }
            Optional<Management.Table> shards = shards();
            if (shards.isPresent() && isServed(shards.get())) {
                served++;
                if (isSpread(shards.get()) || served > SPREAD_S * 1_000 / LOOK_MS) {
                    leaders.putAll(leaders(shards.get()));
                    return;
                }
            }
            if (ended.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException();
            }
        }
        throw new CliFailure(
                ExitCode.TIMEOUT, "The nodes do not serve within " + READY_S + " s, " + log(0) + " may say why.");
    }

    private static boolean isServed(Management.Table shards) {
        return shards.rows().stream()
                .allMatch(row -> shards.value(row, "health").equals("ok"));
    }

    private static boolean isSpread(Management.Table shards) {
        return shards.rows().stream()
                .allMatch(row -> shards.value(row, "leader").equals(shards.value(row, "prefers")));
    }

    private static Map<String, String> leaders(Management.Table shards) {
        Map<String, String> leaders = new TreeMap<>();
        shards.rows().forEach(row -> leaders.put(shards.value(row, "name"), shards.value(row, "leader")));
        return leaders;
    }

    /** What the first node that answers says of the shards. */
    private Optional<Management.Table> shards() {
        for (int node = 0; node < NODES; node++) {
            if (processes.get(node).isAlive()) {
                try (ClientConnection open = ClientConnection.open(
                        ClientOptions.to("127.0.0.1", port + node).withTimeoutMs(ANSWER_MS))) {
                    return Optional.of(new Management(open).query(Management.SHARD, Map.of(), Integer.MAX_VALUE));
                } catch (ClientException | CliFailure notNow) {
                    // the next one may
                }
            }
        }
        return Optional.empty();
    }

    private void greet() {
        String program = program();
        out.line("Three nodes are ready. What they keep and log is in " + directory);
        out.line("");
        for (int node = 0; node < NODES; node++) {
            out.line("  " + name(node) + "  process " + processes.get(node).pid() + "  amqp://127.0.0.1:"
                    + (port + node) + "  leads " + led(name(node)));
        }
        out.line("");
        out.line("Send through any node, receive through any other:");
        out.line("  " + program + " send greetings hello --port " + port);
        out.line("  " + program + " receive greetings --port " + (port + 2));
        out.line("JMS clients, Waybill's and Qpid's:");
        out.line("  failover:(amqp://127.0.0.1:" + port + ",amqp://127.0.0.1:" + (port + 1) + ",amqp://127.0.0.1:"
                + (port + 2) + ")");
        out.line("See who leads what, and how far the others are:");
        out.line("  " + program + " cluster status --port " + port);
        out.line("Kill a node; another leads what it led in about a second, and nothing settled is lost:");
        out.line("  kill -9 " + processes.get(1).pid());
        out.line("Start it again; it catches up, and leads again ten seconds later:");
        out.line("  " + program + " start --config " + file(1));
        out.line("Ctrl-C stops all three.");
        out.line("");
    }

    private String led(String node) {
        List<String> led = leaders.entrySet().stream()
                .filter(each -> each.getValue().equals(node))
                .map(Map.Entry::getKey)
                .toList();
        return led.isEmpty() ? "nothing" : "shard " + String.join(", ", led);
    }

    // ---- while it serves

    private void watch() throws InterruptedException {
        List<Boolean> alive = new ArrayList<>(List.of(true, true, true));
        while (alive.contains(true) && !ended.await(1, TimeUnit.SECONDS)) {
            for (int node = 0; node < NODES; node++) {
                if (alive.get(node) && !processes.get(node).isAlive()) {
                    alive.set(node, false);
                    out.line(name(node) + " has ended");
                }
            }
            shards().map(ClusterDemo::leaders).ifPresent(this::compare);
        }
    }

    private void compare(Map<String, String> now) {
        now.forEach((shard, leader) -> {
            String before = leaders.getOrDefault(shard, "");
            if (leader.isEmpty()) {
                if (leaderless.add(shard)) {
                    out.line("shard " + shard + ": nobody leads");
                }
            } else if (leaderless.remove(shard) || !leader.equals(before)) {
                out.line("shard " + shard + ": " + leader + " leads"
                        + (before.isEmpty() || leader.equals(before) ? "" : ", it was " + before));
                leaders.put(shard, leader);
            }
        });
    }

    /** All at once: there is nobody to hand over to. */
    private void stop() {
        ended.countDown();
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            try {
                if (!process.waitFor(STOP_S, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
