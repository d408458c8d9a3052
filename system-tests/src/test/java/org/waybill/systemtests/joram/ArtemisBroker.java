package org.waybill.systemtests.joram;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;

/**
 * Apache Artemis for all tests of a class, from its archive on Maven Central, in an instance that its own {@code create} made with its
 * defaults. Where the build has unpacked the archive: the system property {@code waybill.artemis}.
 */
final class ArtemisBroker implements BeforeAllCallback, AfterAllCallback {
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final int port = Ports.free();
    private OtherProcess broker;

    int port() {
        return port;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Path instance = Distribution.newDirectory("artemis").resolve("instance");
        OtherProcess create = OtherProcess.start(List.of(
                home().resolve("bin/artemis").toString(),
                "create",
                instance.toString(),
                "--silent",
                "--user=admin",
                "--password=admin",
                "--allow-anonymous",
                "--nio",
                "--no-web",
                "--host=127.0.0.1",
                "--default-port=" + port,
                "--no-stomp-acceptor",
                "--no-mqtt-acceptor",
                "--no-hornetq-acceptor",
                "--no-amqp-acceptor"));
        if (!create.endsWithin(READY_WITHIN)) {
            throw new AssertionError("artemis create did not end:\n" + create.output());
        }
        broker = OtherProcess.start(List.of(instance.resolve("bin/artemis").toString(), "run"));
        await("Artemis")
                .atMost(READY_WITHIN)
                .until(() -> broker.output().contains("Server is now active") || !broker.isAlive());
    }

    private static Path home() {
        Path unpacked = Path.of(Distribution.required("waybill.artemis"));
        try (Stream<Path> homes = Files.list(unpacked)) {
            return homes.findFirst()
                    .orElseThrow(() -> new AssertionError("No Artemis in " + unpacked + ": run mvn verify -Plong."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        broker.close();
    }
}
