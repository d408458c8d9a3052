package org.waybill.benchmarks.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.EventLoop;
import org.waybill.benchmarks.amqp.ServerRole;

/** Entry point of the relay's process: {@code PORT [JOURNAL_FILE]}. Runs until it is ended from outside. */
public final class RelayMain {
    private static final int BACKLOG = 1024;
    private static final long TURN_LIMIT_MS = 1000;

    private RelayMain() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        EventLoop loop = new EventLoop(EventLoop.LOAD_BUFFER_BYTES);
        @Nullable RelayJournal journal = arguments.length > 1 ? RelayJournal.start(Path.of(arguments[1]), loop) : null;
        Relay relay = new Relay(journal);
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        loop.accept(server, "relay", () -> new ServerRole(relay));
        System.out.println("Relay ready");
        while (true) {
            loop.turn(TURN_LIMIT_MS);
            relay.forward();
            loop.flush();
        }
    }
}
