package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslChallenge;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.security.SaslResponse;
import org.jspecify.annotations.Nullable;

/**
 * Protocol headers and SASL, up to the first AMQP frame (AMQP 1.0 part 2, section 2.2; part 5, section 5.3). Dropped after that.
 *
 * <pre>{@code
 *  stage     | input                      | next
 *  FIRST     | SASL header                | PEER (client: mechanisms are next; server: init is)
 *            | AMQP header, if allowed    | done
 *  PEER      | a SASL frame of the peer's | HOST
 *  HOST      | (kept until the host acts) | PEER after a challenge, init or response; AMQP after an outcome
 *  AMQP      | AMQP header                | done
 * }</pre>
 */
final class Handshake {
    private static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    private static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    private enum Stage {
        FIRST,
        PEER,
        HOST,
        AMQP
    }

    private final ConnectionEngine connection;
    private final @Nullable SaslServer server;
    private final @Nullable SaslClient client;
    private final Output output;
    private Stage stage = Stage.FIRST;
    private boolean headerSent;
    private boolean amqpSent;
    /** Whether the one init (server) or mechanisms (client) of an exchange has come. */
    private boolean begun;

    private @Nullable ByteArrayOutput early;
    private byte @Nullable [] kept;

    Handshake(ConnectionEngine connection, @Nullable SaslServer server, @Nullable SaslClient client, Output output) {
        this.connection = connection;
        this.server = server;
        this.client = client;
        this.output = output;
    }

    /** Client: says the first word. */
    void start() {
        if (client == null) {
            sendAmqpHeader();
        } else {
            sendHeader(SASL);
        }
    }

    boolean expectsHeader() {
        return stage == Stage.FIRST || stage == Stage.AMQP;
    }

    /** Whether input must wait for the host. */
    boolean isWaiting() {
        return stage == Stage.HOST;
    }

    /** Where AMQP frames go that the host sends before our AMQP header has gone. */
    Output amqpOutput() {
        if (amqpSent) {
            return output;
        }
        if (early == null) {
            early = new ByteArrayOutput(512);
        }
        return early;
    }

    boolean isAmqpStarted() {
        return amqpSent;
    }

    /** Keeps input that came before the host acted; its amount is bounded by the caller. */
    void keep(ByteBuffer in, int maxBytes) {
        int had = kept == null ? 0 : kept.length;
        if (in.remaining() > maxBytes - had) {
            throw new Breach(Conditions.RESOURCE_LIMIT_EXCEEDED, "too much input before the end of SASL");
        }
        byte[] more = kept == null ? new byte[in.remaining()] : Arrays.copyOf(kept, had + in.remaining());
        in.get(more, had, more.length - had);
        kept = more;
    }

    @Nullable
    ByteBuffer takeKept() {
        byte[] bytes = kept;
        kept = null;
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    /** Takes a protocol header; answers whether the handshake is done. */
    boolean header(ByteBuffer in) {
        if (matches(in, AMQP) && (stage == Stage.AMQP || client == null && (server == null || server.optional()))) {
            if (!amqpSent) {
                sendAmqpHeader();
            }
            return true;
        }
        if (!matches(in, SASL) || stage != Stage.FIRST || server == null && client == null) {
            throw Breach.framing("not the protocol header expected");
        }
        stage = Stage.PEER;
        if (server != null) {
            sendHeader(SASL);
            SaslMechanisms mechanisms = new SaslMechanisms();
            mechanisms.setSaslServerMechanisms(server.mechanisms().toArray(new Symbol[0]));
            send(mechanisms);
        }
        return false;
    }

    /** Takes the body of a SASL frame. */
    void frame(Object body) {
        stage = Stage.HOST;
        if (server != null) {
            serverFrame(server, body);
        } else if (client != null) {
            clientFrame(client, body);
        }
    }

    private void serverFrame(SaslServer sasl, Object body) {
        if (body instanceof SaslInit init && !begun && init.getMechanism() != null) {
            begun = true;
            sasl.onInit(connection, init.getMechanism(), bytes(init.getInitialResponse()), init.getHostname());
        } else if (body instanceof SaslResponse response && begun && response.getResponse() != null) {
            sasl.onResponse(connection, copy(response.getResponse()));
        } else {
            throw Breach.state("a SASL frame out of order");
        }
    }

    private void clientFrame(SaslClient sasl, Object body) {
        if (body instanceof SaslMechanisms mechanisms && !begun) {
            begun = true;
            Symbol[] names = mechanisms.getSaslServerMechanisms();
            sasl.onMechanisms(connection, names == null ? List.of() : List.of(names));
        } else if (body instanceof SaslChallenge challenge && begun && challenge.getChallenge() != null) {
            sasl.onChallenge(connection, copy(challenge.getChallenge()));
        } else if (body instanceof SaslOutcome outcome && begun && outcome.getCode() != null) {
            stage = Stage.AMQP;
            sasl.onOutcome(connection, outcome.getCode(), bytes(outcome.getAdditionalData()));
            if (connection.isClosed()) {
                return;
            }
            if (outcome.getCode() != SaslCode.OK) {
                throw new Breach(Conditions.UNAUTHORIZED_ACCESS, "authentication failed: " + outcome.getCode());
            }
            sendAmqpHeader();
        } else {
            throw Breach.state("a SASL frame out of order");
        }
    }

    void challenge(byte[] bytes) {
        expectHost(server != null);
        SaslChallenge challenge = new SaslChallenge();
        challenge.setChallenge(new Binary(bytes));
        stage = Stage.PEER;
        send(challenge);
    }

    void outcome(SaslCode code, byte @Nullable [] data) {
        expectHost(server != null);
        SaslOutcome outcome = new SaslOutcome();
        outcome.setCode(code);
        outcome.setAdditionalData(data == null ? null : new Binary(data));
        stage = Stage.AMQP;
        send(outcome);
    }

    void init(Symbol mechanism, byte @Nullable [] response, @Nullable String hostname) {
        expectHost(client != null);
        SaslInit init = new SaslInit();
        init.setMechanism(mechanism);
        init.setInitialResponse(response == null ? null : new Binary(response));
        init.setHostname(hostname);
        stage = Stage.PEER;
        send(init);
    }

    void response(byte[] bytes) {
        expectHost(client != null);
        SaslResponse response = new SaslResponse();
        response.setResponse(new Binary(bytes));
        stage = Stage.PEER;
        send(response);
    }

    /** Shows a peer that speaks something else what is spoken here. */
    void showHeader() {
        if (!headerSent) {
            sendHeader(server == null ? AMQP : SASL);
        }
    }

    private void expectHost(boolean role) {
        if (!role || stage != Stage.HOST) {
            throw new IllegalStateException("not the host's turn in SASL");
        }
    }

    private void sendAmqpHeader() {
        amqpSent = true;
        sendHeader(AMQP);
        if (early != null) {
            output.write(early.array(), 0, early.size());
            early = null;
        }
    }

    private void sendHeader(byte[] header) {
        headerSent = true;
        output.write(header, 0, header.length);
    }

    private void send(Object body) {
        connection.codec().out.frame(output, 1, 0, body, Integer.MAX_VALUE);
    }

    private static boolean matches(ByteBuffer in, byte[] header) {
        return in.mismatch(ByteBuffer.wrap(header)) < 0;
    }

    private static byte @Nullable [] bytes(@Nullable Binary binary) {
        return binary == null ? null : copy(binary);
    }

    private static byte[] copy(Binary binary) {
        return Arrays.copyOfRange(
                binary.getArray(), binary.getArrayOffset(), binary.getArrayOffset() + binary.getLength());
    }
}
