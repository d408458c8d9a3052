package org.waybill.systemtests.cluster.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.cluster.history.History;

/** {@code src/test/python/cluster.py}: a process that writes its notes to a file, which are read when it has ended. */
final class PythonWorker implements Worker {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final String queue;
    private final Path file;
    private final History history;
    private final List<String> arguments;
    private @Nullable Conversation process;

    PythonWorker(String role, String name, String queue, Servers servers, int first, Path directory, History history) {
        this.name = name;
        this.queue = queue;
        this.history = history;
        file = directory.resolve(name + ".notes");
        arguments = new ArrayList<>(List.of(role, name, queue, file.toString(), servers.user(), servers.password()));
        arguments.addAll(servers.rotated(first));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() {
        process = Conversation.python("cluster.py", arguments);
    }

    @Override
    public void stop() {
        if (process != null) {
            process.endInput();
        }
    }

    @Override
    public void awaitEnd() {
        if (process != null) {
            if (!process.endsWithin(PATIENCE)) {
                history.offence(name + " does not end: " + process.complaints());
            }
            history.read(name, queue, file);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
