package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waybill from its distribution: an unzipped folder, or the zip file, which is unzipped for the run. */
final class WaybillBroker implements Broker {
    private final Path distribution;
    private final Path work;
    private final int port;
    private @Nullable Path command;

    WaybillBroker(Path distribution, Path work, int port) {
        this.distribution = distribution;
        this.work = work.resolve("waybill");
        this.port = port;
    }

    @Override
    public String name() {
        return "waybill";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Path data() {
        return work.resolve("data");
    }

    @Override
    public void prepare() throws IOException {
        Path folder = distribution;
        if (Files.isRegularFile(distribution)) {
            folder = work.resolve("home");
            Folders.delete(folder);
            Files.createDirectories(folder);
            Tool.run("unzip", "-q", distribution.toString(), "-d", folder.toString());
        }
        command = find(folder);
    }

    /** The launcher in the folder given, or in the only folder in that. */
    private static Path find(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no distribution at " + folder + "; build it or name one with --waybill");
        }
        try (var found = Files.find(folder, 3, (path, attributes) -> path.endsWith("bin/waybill"))) {
            return found.findFirst()
                    .orElseThrow(() -> new IOException(
                            "no bin/waybill in " + folder + "; build the distribution or name one with --waybill"))
                    .toAbsolutePath();
        }
    }

    /** The launcher of the distribution that was prepared. */
    String command() {
        if (command == null) {
            throw new IllegalStateException("not prepared");
        }
        return command.toString();
    }

    @Override
    public ProcessBuilder launcher(String heap) {
        ProcessBuilder process = new ProcessBuilder(
                command(), "start", "--data", data().toString(), "--amqp-port", Integer.toString(port));
        process.environment().put("WAYBILL_JVM_OPTS", "-Xms" + heap + " -Xmx" + heap);
        return process;
    }

    @Override
    public List<String> loadArguments() {
        return List.of("capability=queue");
    }
}
