package org.waybill.benchmarks.amqp;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection: lets everybody in, answers open, begin, attach, detach, end and close, and leaves
 * to its {@link Nodes} what a link means.
 */
public final class ServerRole implements Role {
    private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    private static final byte[] SASL_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
    private static final int SASL = 3;
    private static final int SOURCE_FIELD = 5;
    private static final int TARGET_FIELD = 6;

    private final Nodes nodes;

    public ServerRole(Nodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public void onHeader(Connection connection, int protocol) {
        if (protocol == SASL) {
            connection.put(SASL_HEADER);
            connection.sendFrame(1, Codes.SASL_MECHANISMS, 1, e -> e.symbols("ANONYMOUS", "PLAIN"));
        } else {
            connection.put(AMQP_HEADER);
        }
    }

    @Override
    public void onSetup(Connection connection, int code, List<@Nullable Object> fields) throws IOException {
        switch (code) {
            case Codes.SASL_INIT -> {
                connection.sendFrame(1, Codes.SASL_OUTCOME, 1, e -> e.ubyte(0));
                connection.expectHeader();
            }
            case Codes.OPEN -> connection.sendOpen();
            case Codes.BEGIN -> connection.sendBegin(true);
            case Codes.ATTACH -> onAttach(connection, fields);
            case Codes.DETACH -> {
                Link link = connection.linkDetached(fields);
                if (link != null) {
                    nodes.onDetached(link);
                    connection.sendDetach(link);
                }
            }
            case Codes.END -> connection.sendEnd();
            case Codes.CLOSE -> connection.sendClose();
            default -> throw new IOException("unexpected performative 0x" + Integer.toHexString(code));
        }
    }

    private void onAttach(Connection connection, List<@Nullable Object> attach) {
        boolean peerReceives = Boolean.TRUE.equals(attach.get(2));
        int field = peerReceives ? SOURCE_FIELD : TARGET_FIELD;
        List<@Nullable Object> terminus = Decoder.fieldsOf(attach.size() > field ? attach.get(field) : null);
        String address = terminus.isEmpty() ? "" : String.valueOf(terminus.get(0));
        nodes.onAttached(connection.answerAttach(attach, address, nodes.node(address)));
    }

    @Override
    public void onDisposition(Connection connection, long first, long last, boolean settled, int state) {
        // what the relay has sent it has forgotten
    }

    @Override
    public void onBatchEnd(Connection connection) {
        nodes.onBatchEnd();
    }

    @Override
    public void onFailed(Connection connection, Exception reason) {
        connection.links().forEach(nodes::onDetached);
    }

    /** What links attach to; called on the loop's thread. */
    public interface Nodes {
        /** The node at that address, made when there is none. */
        LinkListener node(String address);

        /** A link is attached; it has no credit yet. */
        void onAttached(Link link);

        /** A link is gone. */
        void onDetached(Link link);

        /** Everything read from one connection in this turn is handled. */
        void onBatchEnd();
    }
}
