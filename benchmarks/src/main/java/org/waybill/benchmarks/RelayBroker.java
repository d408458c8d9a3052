package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.waybill.benchmarks.relay.RelayMain;

/** The relay, which is the bound and no broker; with a journal it is the bound of the durable workloads. */
final class RelayBroker implements Broker {
    private final boolean journaled;
    private final Path work;
    private final int port;

    RelayBroker(boolean journaled, Path work, int port) {
        this.journaled = journaled;
        this.work = work.resolve(name());
        this.port = port;
    }

    @Override
    public String name() {
        return journaled ? "relay-journal" : "relay";
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
        Files.createDirectories(work);
    }

    @Override
    public ProcessBuilder launcher(String heap) {
        List<String> command = new ArrayList<>(JavaCommand.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseParallelGC"));
        command.add(RelayMain.class.getName());
        command.add(Integer.toString(port));
        if (journaled) {
            command.add(data().resolve("journal").toString());
        }
        return new ProcessBuilder(command);
    }

    @Override
    public List<String> loadArguments() {
        return List.of();
    }
}
