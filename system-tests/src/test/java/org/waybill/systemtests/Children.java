package org.waybill.systemtests;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Every process that a test has started, ended with this JVM by its handle, so that a failing or interrupted run leaves none behind. */
final class Children {
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-children"));
    }

    private Children() {}

    static Process adopt(Process process) {
        ALIVE.add(process);
        CompletableFuture<?> unused = process.onExit().thenAccept(ALIVE::remove);
        return process;
    }
}
