package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.GlobalTxId;
import org.apache.qpid.protonj2.test.driver.codec.primitives.DescribedType;
import org.apache.qpid.protonj2.test.driver.codec.transactions.Declared;
import org.apache.qpid.protonj2.test.driver.codec.transactions.TransactionalState;
import org.apache.qpid.protonj2.test.driver.codec.transport.Role;
import org.hamcrest.Description;
import org.hamcrest.TypeSafeMatcher;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.WireXid;

/**
 * A client of frames that knows XA. Handle 0 produces to {@code q}, 1 coordinates, 2 asks {@code $xa}, 3 gets its answers, 4 consumes
 * from {@code q} as credit is given.
 */
final class XaWire implements AutoCloseable {
    static final int TMNOFLAGS = 0;
    static final int TMJOIN = 0x200000;
    static final int TMRESUME = 0x8000000;
    static final int TMSUCCESS = 0x4000000;
    static final int TMFAIL = 0x20000000;
    static final int TMSUSPEND = 0x2000000;
    static final int TMSTARTRSCAN = 0x1000000;

    final Wire wire;
    private final Codec codec = new Codec();
    private int nextId;

    /** An answer of {@code $xa}. */
    record Answer(int code, @Nullable String error, List<?> results) {
        Answer is(int expected) {
            assertThat(code).as("%s", this).isEqualTo(expected);
            return this;
        }

        byte[] txnId() {
            return ((Binary) is(0).results.get(0)).getArray();
        }
    }

    XaWire(int port, String container) throws Exception {
        wire = Wire.begin(port, container).sender("q");
        attach("tx", 1, null);
        attach("requests", 2, "$xa");
        wire.subscribe("answers", 3, asked -> {
            asked.withSource().withAddress("$xa");
            asked.withTarget().withAddress("answers");
        });
        wire.flow(3, 0, 1_000, false);
        wire.receiver("r", 4, "q");
    }

    private void attach(String name, int handle, @Nullable String address) throws Exception {
        wire.frames.expectAttach().ofReceiver();
        wire.frames.expectFlow();
        var attach =
                wire.frames.remoteAttach().withName(name).withHandle(handle).ofSender();
        attach.withInitialDeliveryCount(0).withSource();
        if (address == null) {
            attach.withCoordinator().withCapabilities("amqp:distributed-transactions");
        } else {
            attach.withTarget().withAddress(address);
        }
        attach.now();
        wire.done();
    }

    static WireXid xid(String gtrid) {
        return new WireXid(List.of(7, new Binary(gtrid.getBytes(java.nio.charset.StandardCharsets.UTF_8)), bytes(1)));
    }

    private static Binary bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new Binary(bytes);
    }

    /** Sends a request and waits for its answer. */
    Answer ask(@Nullable Object operation, @Nullable Object... arguments) throws Exception {
        return askWithBody(operation, new ArrayList<>(Arrays.asList(arguments)));
    }

    Answer askWithBody(@Nullable Object operation, Object body) throws Exception {
        AtomicReference<byte[]> answer = new AtomicReference<>();
        wire.frames.expectTransfer().withHandle(3).withSettled(true).withPayload(capture(answer));
        transfer(2, request("id-" + nextId, "answers", operation, body), true);
        wire.done();
        return answer(answer.get());
    }

    byte[] request(String id, String replyTo, @Nullable Object operation, Object body) {
        Properties head = new Properties();
        head.setMessageId(id);
        head.setReplyTo(replyTo);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(codec.encode(head));
        message.writeBytes(
                codec.encode(new ApplicationProperties(operation == null ? Map.of() : Map.of("operation", operation))));
        message.writeBytes(codec.encode(new AmqpValue(body)));
        return message.toByteArray();
    }

    private Answer answer(byte[] message) {
        Answer answer = null;
        Map<?, ?> head = Map.of();
        for (Object section : codec.decodeAll(message)) {
            if (section instanceof Properties properties) {
                assertThat(properties.getCorrelationId()).isEqualTo("id-" + (nextId - 1));
                assertThat(properties.getTo()).isEqualTo("answers");
            } else if (section instanceof ApplicationProperties properties) {
                head = properties.getValue();
            } else if (section instanceof AmqpValue value) {
                answer = new Answer(
                        (Integer) head.get("xa-code"), (String) head.get("xa-error"), (List<?>) value.getValue());
            }
        }
        return java.util.Objects.requireNonNull(answer);
    }

    void transfer(int handle, byte[] payload, boolean settled) {
        wire.frames
                .remoteTransfer()
                .withHandle(handle)
                .withDeliveryId(nextId)
                .withDeliveryTag(new byte[] {(byte) (nextId >> 8), (byte) nextId})
                .withSettled(settled)
                .withPayload(payload)
                .now();
        nextId++;
    }

    /** What the next transfer's delivery id is. */
    int nextId() {
        return nextId;
    }

    /** Sends a message to {@code q}, in a branch if there is a txn-id. */
    void send(String text, byte @Nullable [] txnId) throws Exception {
        wire.frames.expectDisposition().withFirst(nextId).withSettled(true);
        transferIn(0, txnId, Wire.message(text));
        wire.done();
    }

    void transferIn(int handle, byte @Nullable [] txnId, byte[] payload) {
        var transfer = wire.frames
                .remoteTransfer()
                .withHandle(handle)
                .withDeliveryId(nextId)
                .withDeliveryTag(new byte[] {(byte) (nextId >> 8), (byte) nextId})
                .withPayload(payload);
        if (txnId != null) {
            transfer.withState(in(txnId));
        }
        nextId++;
        transfer.now();
    }

    static TransactionalState in(byte[] txnId) {
        return new TransactionalState()
                .setTxnId(new org.apache.qpid.protonj2.test.driver.codec.primitives.Binary(txnId));
    }

    /** Declares a branch on the coordinator's link. */
    DescribedType declare(GlobalTxId id) throws Exception {
        Declare declare = new Declare();
        declare.setGlobalId(id);
        return coordinate(codec.encode(new AmqpValue(declare)));
    }

    static byte[] txnId(DescribedType declared) {
        return ((Declared) declared).getTxnId().arrayCopy();
    }

    DescribedType discharge(byte[] txnId, boolean fail) throws Exception {
        Discharge discharge = new Discharge();
        discharge.setTxnId(new Binary(txnId));
        discharge.setFail(fail);
        return coordinate(codec.encode(new AmqpValue(discharge)));
    }

    DescribedType coordinate(byte[] request) throws Exception {
        AtomicReference<DescribedType> state = new AtomicReference<>();
        wire.frames
                .expectDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(nextId)
                .withSettled(true)
                .withCapture(answer -> state.set(answer.getState()));
        transfer(1, request, false);
        wire.done();
        return state.get();
    }

    /** A message of these sections, whatever its header says about former deliveries. */
    static TypeSafeMatcher<ByteBuffer> endsWith(byte[] sections) {
        return new TypeSafeMatcher<>() {
            @Override
            protected boolean matchesSafely(ByteBuffer payload) {
                ByteBuffer end = payload.duplicate();
                end.position(Math.max(0, end.limit() - sections.length));
                return end.equals(ByteBuffer.wrap(sections));
            }

            @Override
            public void describeTo(Description description) {
                description.appendText("a message that ends with " + Arrays.toString(sections));
            }
        };
    }

    static TypeSafeMatcher<ByteBuffer> capture(AtomicReference<byte[]> into) {
        return new TypeSafeMatcher<>() {
            @Override
            protected boolean matchesSafely(ByteBuffer payload) {
                byte[] bytes = new byte[payload.remaining()];
                payload.duplicate().get(bytes);
                into.set(bytes);
                return true;
            }

            @Override
            public void describeTo(Description description) {
                description.appendText("any payload");
            }
        };
    }

    @Override
    public void close() {
        wire.close();
    }
}
