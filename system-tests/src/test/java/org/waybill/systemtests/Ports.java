package org.waybill.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Free ports on loopback, below the range that the system hands out to outgoing connections: a port that was free a moment ago stays free
 * until the broker binds it, also when the broker is killed and started again on it. A port is handed out once in this JVM.
 */
public final class Ports {
    private static final int FIRST = 21300;
    private static final int COUNT = 2_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> TAKEN = new HashSet<>();

    private Ports() {}

    /** A port that nobody listens on, nor on those that are so much above it. Called on JUnit's thread only. */
    public static int free(int... above) {
        for (int attempt = 0; attempt < 50 * COUNT; attempt++) {
            int port = FIRST + RANDOM.nextInt(COUNT);
            Set<Integer> all = new HashSet<>(Set.of(port));
            for (int each : above) {
                all.add(port + each);
            }
            if (all.stream().allMatch(each -> !TAKEN.contains(each) && isFree(each))) {
                TAKEN.addAll(all);
                return port;
            }
        }
        throw new IllegalStateException("No free ports between " + FIRST + " and " + (FIRST + COUNT - 1) + ".");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
