package org.waybill.systemtests.cluster.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A node of {@link NetworkIT}. Prints every line that is said to it on its port; says {@code TEXT} to another one for each line {@code HOST
 * PORT TEXT} on its standard input, over one connection for each, which it keeps.
 */
public final class Parrot {
    private Parrot() {}

    /** With host and port to listen at. */
    public static void main(String[] arguments) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
        ProxiedNetwork.daemon(() -> listen(server));
        System.out.println("listening");
        Map<String, Socket> connections = new HashMap<>();
        BufferedReader orders = reader(System.in);
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ", 3);
            Socket connection = connections.get(words[1]);
            if (connection == null) {
                connection = new Socket(words[0], Integer.parseInt(words[1]));
                connections.put(words[1], connection);
            }
            connection.getOutputStream().write((words[2] + "\n").getBytes(StandardCharsets.UTF_8));
            System.out.println("said " + words[2]);
        }
    }

    private static void listen(ServerSocket server) {
        try {
            while (true) {
                Socket caller = server.accept();
                ProxiedNetwork.daemon(() -> hear(caller));
            }
        } catch (IOException e) {
            System.out.println("deaf: " + e);
        }
    }

    private static void hear(Socket caller) {
        try (caller;
                BufferedReader in = reader(caller.getInputStream())) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println("heard " + line);
            }
            System.out.println("left");
        } catch (IOException e) {
            System.out.println("lost");
        }
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
