package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker that can be run as a process of this machine. Queues must come into being when a link attaches to them. */
interface Broker {
    /** Name in commands and tables. */
    String name();

    /** AMQP port on loopback, open to anonymous clients. */
    int port();

    /** Folder of its store; it is emptied for a fresh start, so nothing else may be in it. */
    Path data();

    /** Fetches and configures what is needed; called once before the first start. */
    void prepare() throws IOException;

    /** The process, not started, with that much heap (as in {@code -Xmx}). */
    ProcessBuilder launcher(String heap);

    /** Called once it accepts connections, each time that it was started; returns when it may be measured. */
    default void started() throws IOException, InterruptedException {
        // most are ready then
    }

    /** Whether the process that is launched is all of it, and no children of that belong to it. */
    default boolean isOneProcess() {
        return true;
    }

    /** What the load generator must know to use it, as {@code key=value}. */
    List<String> loadArguments();
}
