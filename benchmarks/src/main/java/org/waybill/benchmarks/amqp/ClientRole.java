package org.waybill.benchmarks.amqp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a connection: SASL ANONYMOUS, or PLAIN when there is a user; then open and begin. Anything the
 * peer ends unasked fails the run, which is told to the loop.
 */
public final class ClientRole implements Role {
    private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    private static final byte[] SASL_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    private final EventLoop loop;
    private final String user;
    private final String password;
    private final Settlements settlements;

    /** An empty user means ANONYMOUS. */
    public ClientRole(EventLoop loop, String user, String password, Settlements settlements) {
        this.loop = loop;
        this.user = user;
        this.password = password;
        this.settlements = settlements;
    }

    void begin(Connection connection) throws IOException {
        connection.put(SASL_HEADER);
        connection.flush();
    }

    @Override
    public void onHeader(Connection connection, int protocol) {
        if (protocol == 0) {
            connection.sendOpen();
            connection.sendBegin(false);
        }
    }

    @Override
    public void onSetup(Connection connection, int code, List<@Nullable Object> fields) throws IOException {
        switch (code) {
            case Codes.SASL_MECHANISMS -> sendSaslInit(connection);
            case Codes.SASL_OUTCOME -> {
                if (!Long.valueOf(0).equals(fields.get(0))) {
                    throw new IOException("the peer refused the user: SASL outcome " + fields.get(0));
                }
                connection.expectHeader();
                connection.put(AMQP_HEADER);
            }
            case Codes.ATTACH -> connection.linkAnswered(fields);
            case Codes.DETACH -> {
                if (connection.detachAnswered(fields)) {
                    return;
                }
                Link link = connection.linkDetached(fields);
                String error = Link.describe(fields.size() > 2 ? fields.get(2) : null);
                failUnlessClosing(connection, "the peer detached " + link + ": " + error);
            }
            case Codes.END -> failUnlessClosing(connection, "the peer ended the session: " + fields);
            case Codes.CLOSE -> failUnlessClosing(connection, "the peer closed the connection: " + fields);
            default -> {}
        }
    }

    private void sendSaslInit(Connection connection) {
        boolean plain = !user.isEmpty();
        byte[] response = plain ? ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8) : new byte[0];
        connection.sendFrame(1, Codes.SASL_INIT, 3, e -> e.symbol(plain ? "PLAIN" : "ANONYMOUS")
                .binary(response)
                .string("localhost"));
    }

    private void failUnlessClosing(Connection connection, String reason) {
        if (!connection.closing()) {
            loop.fail(reason);
        }
    }

    @Override
    public void onDisposition(Connection connection, long first, long last, boolean settled, int state) {
        if (!settled && state == 0 || state == Codes.TRANSACTIONAL_STATE) {
            return;
        }
        settlements.onSettled(first, last, state == Codes.ACCEPTED);
        if (!settled) {
            connection.sendAccepted(false, first, last);
        }
    }

    @Override
    public void onDeclared(Connection connection, long deliveryId, byte[] transaction) {
        settlements.onDeclared(deliveryId, transaction);
    }

    @Override
    public void onBatchEnd(Connection connection) {
        // a client acts by its own clock
    }

    @Override
    public void onFailed(Connection connection, Exception reason) {
        failUnlessClosing(connection, String.valueOf(reason));
    }

    /** Told of deliveries that the peer has brought to an end, on the loop's thread. */
    public interface Settlements {
        /** Deliveries first to last are settled, accepted or not. */
        void onSettled(long first, long last, boolean accepted);

        /** A declare was answered. */
        default void onDeclared(long deliveryId, byte[] transaction) {}
    }
}
