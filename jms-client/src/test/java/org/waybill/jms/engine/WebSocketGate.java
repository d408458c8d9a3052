package org.waybill.jms.engine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A WebSocket server (RFC 6455) for one connection, which passes the bytes on to another port and back in frames of odd sizes. */
final class WebSocketGate implements AutoCloseable {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int MAX_BACK_BYTES = 777;

    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final int targetPort;
    private final String status;
    private final Thread thread = new Thread(this::serve, "gate");
    private volatile String request = "";

    WebSocketGate(int targetPort, String status) throws IOException {
        this.targetPort = targetPort;
        this.status = status;
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    /** The client's request, header lines and all. */
    String request() {
        return request;
    }

    private void serve() {
        try (Socket client = listening.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            answer(in, client.getOutputStream());
            if (status.startsWith("101")) {
                Thread back = new Thread(() -> back(target, client), "gate back");
                back.start();
                forth(in, target.getOutputStream());
                target.shutdownOutput();
                back.join();
            }
        } catch (IOException e) {
            // The client is gone.
        } catch (InterruptedException | NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(DataInputStream in, OutputStream out) throws IOException, NoSuchAlgorithmException {
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf("\r\n\r\n") < 0) {
            heard.append((char) in.readUnsignedByte());
        }
        request = heard.toString();
        String key = request.replaceFirst("(?is).*\r\nsec-websocket-key: *([^\r]*)\r\n.*", "$1");
        byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
        String answer = "HTTP/1.1 " + status + "\r\nupgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 0\r\n"
                + "sec-websocket-protocol: amqp\r\nsec-websocket-accept: "
                + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    /** Client's frames, which are masked, to bytes; until its close. */
    private static void forth(DataInputStream in, OutputStream out) throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0F;
            int length = in.readUnsignedByte() & 0x7F;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
            byte[] mask = in.readNBytes(4);
            byte[] bytes = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                bytes[i] ^= mask[i % 4];
            }
            if (opcode == 8) {
                return;
            }
            out.write(bytes);
        }
    }

    private static void back(Socket target, Socket client) {
        byte[] buffer = new byte[MAX_BACK_BYTES];
        try {
            InputStream in = target.getInputStream();
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            int count;
            while ((count = in.read(buffer)) >= 0) {
                out.writeByte(0x82);
                out.writeByte(count < 126 ? count : 126);
                if (count >= 126) {
                    out.writeShort(count);
                }
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // One of them is gone.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
