package org.waybill.systemtests.bank;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;

/**
 * PostgreSQL from Debian's package {@code postgresql}, on loopback, with a database of its own in a temporary directory. It refuses to run as
 * root; then it runs as the user that the package has made.
 */
final class PostgresServer implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final String USER = "postgres";

    private final Path directory;
    private final int port = Ports.free();
    private final OtherProcess server;

    private PostgresServer() throws IOException {
        directory = Files.createTempDirectory("waybill-postgres-");
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> user =
                root ? List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--init-groups") : List.of();
        if (root) {
            finish(List.of("chown", USER, directory.toString()));
        }
        String data = directory.resolve("data").toString();
        finish(with(user, program("initdb"), "-D", data, "-A", "trust", "-U", USER));
        server = OtherProcess.start(with(
                user,
                program("postgres"),
                "-D",
                data,
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_prepared_transactions=64"));
    }

    /** Starts one and waits until it lets somebody in. */
    static PostgresServer start() throws IOException {
        PostgresServer started = new PostgresServer();
        await("PostgreSQL").atMost(READY_WITHIN).until(started::letsIn);
        return started;
    }

    /** Where its database is. */
    String url() {
        return Accounts.POSTGRES + "127.0.0.1:" + port + "/postgres?user=" + USER;
    }

    private boolean letsIn() {
        if (!server.isAlive()) {
            throw new AssertionError("PostgreSQL ended:\n" + server.output());
        }
        try (Connection connection = DriverManager.getConnection(url())) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private static String program(String name) throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            throw new AssertionError("No " + VERSIONS + ": install PostgreSQL, on Debian the package postgresql.");
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new AssertionError("No " + name + " below " + VERSIONS))
                    .toString();
        }
    }

    private static List<String> with(List<String> first, String... then) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(then));
        return all;
    }

    private static void finish(List<String> command) {
        try (OtherProcess process = OtherProcess.start(command)) {
            if (!process.endsWithin(READY_WITHIN)) {
                throw new AssertionError(command + " failed:\n" + process.output());
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
