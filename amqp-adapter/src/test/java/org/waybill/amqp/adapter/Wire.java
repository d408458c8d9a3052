package org.waybill.amqp.adapter;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.test.driver.ProtonTestClient;
import org.apache.qpid.protonj2.test.driver.actions.AttachInjectAction;
import org.apache.qpid.protonj2.test.driver.codec.transport.AMQPHeader;
import org.apache.qpid.protonj2.test.driver.codec.transport.Attach;
import org.hamcrest.CoreMatchers;

/** A client made of frames. What it expects is stated before what provokes it; {@link #done} waits for all of it. */
final class Wire implements AutoCloseable {
    final ProtonTestClient frames = new ProtonTestClient();

    /** Connects and exchanges headers, without SASL. */
    static Wire connect(FakeBroker broker) throws Exception {
        return connect(broker.port());
    }

    /** Connects and exchanges headers, without SASL. */
    static Wire connect(int port) throws Exception {
        Wire wire = new Wire();
        wire.frames.connect("127.0.0.1", port);
        wire.frames.expectAMQPHeader();
        wire.frames.remoteHeader(AMQPHeader.getAMQPHeader()).now();
        wire.done();
        return wire;
    }

    /** Connects, opens as {@code container} and begins a session. */
    static Wire begin(FakeBroker broker, String container) throws Exception {
        return begin(broker.port(), container);
    }

    /** Connects, opens as {@code container} and begins a session. */
    static Wire begin(int port, String container) throws Exception {
        Wire wire = connect(port);
        wire.frames.expectOpen();
        wire.frames.remoteOpen().withContainerId(container).now();
        wire.done();
        wire.frames.expectBegin();
        wire.frames
                .remoteBegin()
                .withNextOutgoingId(0)
                .withIncomingWindow(1_000)
                .withOutgoingWindow(1_000)
                .now();
        wire.done();
        return wire;
    }

    /** Attaches a sender with handle 0 and waits for its credit. */
    Wire sender(String address) throws Exception {
        frames.expectAttach().ofReceiver();
        frames.expectFlow();
        frames.remoteAttach()
                .withName("sender-" + address)
                .withHandle(0)
                .ofSender()
                .withInitialDeliveryCount(0)
                .withSource()
                .and()
                .withTarget()
                .withAddress(address)
                .and()
                .now();
        return done();
    }

    /**
     * Attaches a receiver with this handle, which is refused or not.
     *
     * @return the answering attach
     */
    Attach subscribe(String name, int handle, Consumer<AttachInjectAction> terms) throws Exception {
        AtomicReference<Attach> answer = new AtomicReference<>();
        frames.expectAttach().ofSender().withHandle(handle).withCapture(answer::set);
        AttachInjectAction attach =
                frames.remoteAttach().withName(name).withHandle(handle).ofReceiver();
        attach.withTarget();
        terms.accept(attach);
        attach.now();
        done();
        return answer.get();
    }

    /** Gives credit to what is sent on this handle. */
    Wire flow(int handle, int deliveryCount, int credit, boolean drain) {
        frames.remoteFlow()
                .withNextIncomingId(0)
                .withIncomingWindow(1_000)
                .withNextOutgoingId(0)
                .withOutgoingWindow(1_000)
                .withHandle(handle)
                .withDeliveryCount(deliveryCount)
                .withLinkCredit(credit)
                .withDrain(drain)
                .now();
        return this;
    }

    /** Detaches a link and waits for the answer. */
    Wire detach(int handle, boolean closed) throws Exception {
        frames.expectDetach()
                .withHandle(handle)
                .withClosed(
                        closed
                                ? CoreMatchers.is(true)
                                : CoreMatchers.anyOf(CoreMatchers.nullValue(), CoreMatchers.is(false)))
                .withError(CoreMatchers.nullValue());
        frames.remoteDetach().withHandle(handle).withClosed(closed).now();
        return done();
    }

    /** Attaches a receiver with this handle. */
    Wire receiver(String name, int handle, String address) throws Exception {
        frames.expectAttach().ofSender();
        frames.remoteAttach()
                .withName(name)
                .withHandle(handle)
                .ofReceiver()
                .withSource()
                .withAddress(address)
                .and()
                .withTarget()
                .and()
                .now();
        return done();
    }

    /** Sends messages and waits until they are accepted. */
    Wire send(int firstId, String... texts) throws Exception {
        for (int i = 0; i < texts.length; i++) {
            int id = firstId + i;
            frames.expectDisposition()
                    .withFirst(id)
                    .withSettled(true)
                    .withState()
                    .accepted();
            frames.remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(id)
                    .withDeliveryTag(new byte[] {(byte) id})
                    .withPayload(message(texts[i]))
                    .now();
            done();
        }
        return this;
    }

    /** A message of one string. */
    static byte[] message(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[5 + utf8.length];
        message[1] = 0x53;
        message[2] = 0x77;
        message[3] = (byte) 0xA1;
        message[4] = (byte) utf8.length;
        System.arraycopy(utf8, 0, message, 5, utf8.length);
        return message;
    }

    /** Waits until everything expected has come. */
    Wire done() throws Exception {
        frames.waitForScriptToComplete(FakeBroker.PATIENCE_S, TimeUnit.SECONDS);
        return this;
    }

    @Override
    public void close() {
        frames.close();
    }
}
