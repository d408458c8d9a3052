package org.waybill.systemtests.chaos;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.chaos.Accounts.Unanswered;
import org.waybill.systemtests.wire.Frame;
import org.waybill.systemtests.wire.WireLinks;

/** What a client does until it dies, frame by frame. Each script has a connection of its own; they share the accounts. */
final class Scripts {
    /** Where everything is taken from, and where everything is sent to. */
    static final String STOCK = "deaths.stock";

    static final String ARRIVALS = "deaths.arrivals";
    /** The topic of the durable subscriptions. */
    static final String TOPIC = "deaths.topic";

    private static final UnsignedInteger WINDOW = UnsignedInteger.valueOf(1 << 20);
    private static final int MOST = 8;
    private static final int LARGE_BYTES = 100_000;

    private final Accounts accounts;
    private final AtomicLong numbers = new AtomicLong();

    /** One kind of client. */
    interface Script {
        void run(MortalWire wire, Random random);
    }

    Scripts(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Every kind of client by its name. */
    Map<String, Script> all() {
        Map<String, Script> all = new HashMap<>();
        all.put("sends", this::sends);
        all.put("takes", this::takes);
        all.put("looks", this::looks);
        all.put("drains", this::drains);
        all.put("transacts", this::transacts);
        all.put("uses a temporary node", this::usesTemporaryNode);
        all.put("comes and goes", this::comesAndGoes);
        all.put("manages", this::manages);
        all.put("subscribes", this::subscribes);
        all.put("publishes", this::publishes);
        return all;
    }

    /** A container id for one connection: a durable subscriber's own, for everybody else a new one. */
    String container(String script, int subscriber) {
        return script.equals("subscribes") ? subscriber(subscriber) : "mortal-" + numbers.incrementAndGet();
    }

    /** Fills the queue that is taken from by so many messages; this client lives. */
    void stock(MortalWire wire, int count) {
        begin(wire);
        attach(wire, WireLinks.sender("stock", 0, STOCK));
        for (int i = 0; i < count; i++) {
            String id = id();
            wire.write(WireLinks.transfer(0, i, false), message(wire, id, 100));
            accepted(wire);
            accounts.stocked(id);
        }
    }

    private void sends(MortalWire wire, Random random) {
        begin(wire);
        attach(wire, WireLinks.sender("sends", 0, random.nextInt(4) == 0 ? null : ARRIVALS));
        List<String> ids = new ArrayList<>();
        for (int i = random.nextInt(MOST); i >= 0; i--) {
            String id = id();
            byte[] message = message(wire, id, random.nextInt(8) == 0 ? LARGE_BYTES : 200);
            accounts.sending(List.of(id));
            transfer(wire, 0, ids.size(), message, null);
            ids.add(id);
        }
        for (int settled = 0; settled < ids.size(); ) {
            Disposition disposition = accepted(wire);
            int last = disposition.getLast() == null
                    ? disposition.getFirst().intValue()
                    : disposition.getLast().intValue();
            accounts.sent(ids.subList(disposition.getFirst().intValue(), last + 1));
            settled += last + 1 - disposition.getFirst().intValue();
        }
        wire.write(new Detach());
    }

    private static Disposition accepted(MortalWire wire) {
        Disposition disposition = wire.await(Disposition.class);
        if (!(disposition.getState() instanceof Accepted)) {
            throw new AssertionError("a send was answered with " + disposition);
        }
        return disposition;
    }

    /** Frames of at most 40,000 bytes of payload. */
    private static void transfer(
            MortalWire wire, int handle, long deliveryId, byte[] message, @Nullable DeliveryState state) {
        for (int at = 0; at < message.length; at += 40_000) {
            int end = Math.min(message.length, at + 40_000);
            Transfer part = WireLinks.transfer(handle, deliveryId, false);
            part.setMore(end < message.length);
            part.setState(state);
            wire.write(part, Arrays.copyOfRange(message, at, end));
        }
    }

    private void takes(MortalWire wire, Random random) {
        begin(wire);
        Attach attach = WireLinks.receiver("takes", 0, STOCK);
        attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
        if (random.nextBoolean()) {
            ((Source) attach.getSource()).setDefaultOutcome(failed());
        }
        long count = attach(wire, attach).getInitialDeliveryCount().longValue();
        int credit = 1 + random.nextInt(MOST);
        wire.write(WireLinks.credit(wire.wire(), 0, 0, count, credit));
        for (int i = random.nextInt(credit); i >= 0; i--) {
            Delivery delivery = delivery(wire);
            int choice = random.nextInt(4);
            if (choice == 0) {
                accounts.taking(List.of(delivery.text()));
                wire.write(WireLinks.disposition(delivery.id(), false, Accepted.getInstance()));
                wire.write(WireLinks.with(WireLinks.credit(wire.wire(), 0, 0, 0, 0), Scripts::echo));
                awaitSettled(wire, delivery);
            } else if (choice == 1) {
                wire.write(WireLinks.disposition(
                        delivery.id(), true, random.nextBoolean() ? Released.getInstance() : failed()));
            }
        }
        wire.write(new Detach());
    }

    /** A flow of the session, so that the broker answers whether it has something to say or not. */
    private static void echo(Flow flow) {
        flow.setHandle(null);
        flow.setDeliveryCount(null);
        flow.setLinkCredit(null);
        flow.setEcho(true);
    }

    private void awaitSettled(MortalWire wire, Delivery delivery) {
        while (true) {
            Disposition disposition = wire.await(Disposition.class);
            if (disposition.getRole() == Role.SENDER && disposition.getSettled()) {
                accounts.taken(List.of(delivery.text()));
                return;
            }
        }
    }

    private void looks(MortalWire wire, Random random) {
        begin(wire);
        Attach attach = WireLinks.receiver("looks", 0, STOCK);
        ((Source) attach.getSource()).setDistributionMode(Symbol.valueOf("copy"));
        attach(wire, attach);
        wire.write(WireLinks.credit(wire.wire(), 0, 0, 0, 1 + random.nextInt(MOST)));
        delivery(wire);
        wire.write(WireLinks.credit(wire.wire(), 0, 0, 1, 1000));
        wire.write(new Detach());
    }

    private void drains(MortalWire wire, Random random) {
        begin(wire);
        String address = random.nextBoolean() ? "deaths.empty" : STOCK;
        attach(wire, WireLinks.receiver("drains", 0, address));
        for (int i = 0; i < 3; i++) {
            Flow flow = WireLinks.credit(wire.wire(), 0, 0, 0, 1 + random.nextInt(MOST));
            flow.setDrain(true);
            wire.write(flow);
        }
        wire.write(new Detach());
    }

    private void transacts(MortalWire wire, Random random) {
        begin(wire);
        Attach attach = WireLinks.sender("coordinator", 0, null);
        Coordinator coordinator = new Coordinator();
        coordinator.setCapabilities(Symbol.valueOf("amqp:local-transactions"));
        attach.setTarget(coordinator);
        attach(wire, attach);
        wire.write(WireLinks.transfer(0, 0, false), wire.wire().encodeValue(new AmqpValue(new Declare())));
        Declared declared = (Declared) wire.await(Disposition.class).getState();
        TransactionalState work = new TransactionalState();
        work.setTxnId(declared.getTxnId());
        List<String> sent = sendIn(wire, work, random);
        List<String> taken = takeIn(wire, work, random);
        Discharge discharge = new Discharge();
        discharge.setTxnId(declared.getTxnId());
        discharge.setFail(random.nextInt(4) == 0);
        if (!discharge.getFail()) {
            accounts.committing(new Unanswered(sent, taken));
        }
        wire.write(WireLinks.transfer(0, 1 + sent.size(), false), wire.wire().encodeValue(new AmqpValue(discharge)));
        awaitDischarge(wire, 1 + sent.size());
        if (!discharge.getFail()) {
            accounts.sent(sent);
            accounts.taken(taken);
        }
        wire.write(new Detach());
    }

    private List<String> sendIn(MortalWire wire, TransactionalState work, Random random) {
        List<String> ids = new ArrayList<>();
        attach(wire, WireLinks.sender("sends", 1, ARRIVALS));
        for (int i = random.nextInt(MOST); i >= 0; i--) {
            String id = id();
            transfer(wire, 1, 1 + ids.size(), message(wire, id, 200), work);
            ids.add(id);
        }
        return ids;
    }

    private static List<String> takeIn(MortalWire wire, TransactionalState work, Random random) {
        List<String> ids = new ArrayList<>();
        int count = random.nextInt(MOST);
        attach(wire, WireLinks.receiver("takes", 2, STOCK));
        wire.write(WireLinks.credit(wire.wire(), 0, 2, 0, count + 2));
        for (int i = 0; i < count; i++) {
            Delivery delivery = delivery(wire);
            TransactionalState accepted = new TransactionalState();
            accepted.setTxnId(work.getTxnId());
            accepted.setOutcome(Accepted.getInstance());
            wire.write(WireLinks.disposition(delivery.id(), random.nextInt(4) != 0, accepted));
            ids.add(delivery.text());
        }
        return ids;
    }

    private static void awaitDischarge(MortalWire wire, long deliveryId) {
        while (true) {
            Disposition disposition = wire.await(Disposition.class);
            boolean ours = disposition.getRole() == Role.RECEIVER
                    && disposition.getFirst().longValue() <= deliveryId
                    && (disposition.getLast() == null ? disposition.getFirst() : disposition.getLast()).longValue()
                            >= deliveryId;
            if (ours && disposition.getState() instanceof Accepted) {
                return;
            }
            if (ours) {
                throw new AssertionError("a discharge was answered with " + disposition);
            }
        }
    }

    private void usesTemporaryNode(MortalWire wire, Random random) {
        begin(wire);
        boolean topic = random.nextBoolean();
        Attach owner = WireLinks.sender("owner", 0, null);
        Target target = new Target();
        target.setDynamic(true);
        target.setCapabilities(Symbol.valueOf(topic ? "temporary-topic" : "temporary-queue"));
        owner.setTarget(target);
        String address = ((Target) attach(wire, owner).getTarget()).getAddress();
        Attach receiver = WireLinks.receiver("takes", 1, address);
        ((Source) receiver.getSource()).setCapabilities(Symbol.valueOf(topic ? "temporary-topic" : "temporary-queue"));
        attach(wire, receiver);
        wire.write(WireLinks.credit(wire.wire(), 0, 1, 0, 10));
        for (int i = 0; i < 3; i++) {
            transfer(wire, 0, i, message(wire, id(), 100), null);
        }
        delivery(wire);
        wire.write(new Detach());
    }

    private void comesAndGoes(MortalWire wire, Random random) {
        begin(wire);
        for (int handle = 0; handle < 5; handle++) {
            String address = "deaths.many." + random.nextInt(5);
            attach(
                    wire,
                    random.nextBoolean()
                            ? WireLinks.sender("l" + handle, handle, address)
                            : WireLinks.receiver("l" + handle, handle, address));
            if (random.nextBoolean()) {
                Detach detach = new Detach();
                detach.setHandle(UnsignedInteger.valueOf(handle));
                detach.setClosed(true);
                wire.write(detach);
                wire.await(Detach.class);
            }
        }
        wire.write(new End());
        wire.write(new Close());
    }

    private void manages(MortalWire wire, Random random) {
        begin(wire);
        attach(wire, WireLinks.sender("asks", 0, "$management"));
        Attach answers = WireLinks.receiver("answers", 1, "$management");
        Target target = new Target();
        target.setAddress("here");
        answers.setTarget(target);
        attach(wire, answers);
        for (int i = 0; i < 3; i++) {
            Properties properties = new Properties();
            properties.setReplyTo("here");
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(wire.wire().encodeValue(properties));
            request.writeBytes(wire.wire()
                    .encodeValue(new ApplicationProperties(
                            new HashMap<>(Map.of("operation", "QUERY", "type", "org.waybill.queue")))));
            request.writeBytes(wire.wire().encodeValue(new AmqpValue(Map.of())));
            wire.write(WireLinks.transfer(0, i, random.nextBoolean()), request.toByteArray());
        }
        wire.write(WireLinks.credit(wire.wire(), 0, 1, 0, 1));
        wire.write(WireLinks.credit(wire.wire(), 0, 1, 0, 10));
    }

    /** The container id says which durable subscription it is, so that they stay few however many die. */
    private void subscribes(MortalWire wire, Random random) {
        begin(wire);
        wire.write(durable(0));
        wire.await(Attach.class);
        wire.write(WireLinks.credit(wire.wire(), 0, 0, 0, 1 + random.nextInt(MOST)));
        Attach other = WireLinks.receiver("volatile", 1, random.nextBoolean() ? TOPIC : "deaths.*");
        ((Source) other.getSource()).setCapabilities(Symbol.valueOf("topic"));
        wire.write(other);
        wire.await(Attach.class);
        Attach shared = WireLinks.receiver("shared|volatile1", 2, TOPIC);
        ((Source) shared.getSource()).setCapabilities(Symbol.valueOf("topic"), Symbol.valueOf("shared"));
        wire.write(shared);
        wire.await(Attach.class);
        wire.write(WireLinks.credit(wire.wire(), 0, 1, 0, 100));
        wire.write(WireLinks.credit(wire.wire(), 0, 2, 0, 100));
        wire.write(new Detach());
    }

    /** The attach of a durable subscription; the container id says which. */
    static Attach durable(int handle) {
        Attach durable = WireLinks.receiver("durable", handle, TOPIC);
        Source source = (Source) durable.getSource();
        source.setCapabilities(Symbol.valueOf("topic"));
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        return durable;
    }

    /** The container id of a durable subscriber. */
    static String subscriber(int number) {
        return "subscriber-" + number;
    }

    private void publishes(MortalWire wire, Random random) {
        begin(wire);
        Attach attach = WireLinks.sender("publishes", 0, TOPIC);
        ((Target) attach.getTarget()).setCapabilities(Symbol.valueOf("topic"));
        attach(wire, attach);
        for (int i = 0; i <= random.nextInt(MOST); i++) {
            transfer(wire, 0, i, message(wire, id(), random.nextInt(8) == 0 ? LARGE_BYTES : 200), null);
        }
        accepted(wire);
        wire.write(new Detach());
    }

    private static void begin(MortalWire wire) {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(WINDOW);
        begin.setOutgoingWindow(WINDOW);
        wire.write(begin);
        wire.await(Begin.class);
    }

    /** Attaches and waits for the answer; for a sender also for credit. */
    private static Attach attach(MortalWire wire, Attach attach) {
        wire.write(attach);
        Attach answer = wire.await(Attach.class);
        if (attach.getRole() == Role.SENDER) {
            wire.await(Flow.class);
        }
        return answer;
    }

    /** A message that came whole: the delivery's id, and its text. */
    private record Delivery(long id, String text) {}

    private static Delivery delivery(MortalWire wire) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long id = -1;
        while (true) {
            Frame frame = wire.nextTransfer();
            Transfer transfer = (Transfer) frame.body();
            id = transfer.getDeliveryId() == null
                    ? id
                    : transfer.getDeliveryId().longValue();
            bytes.writeBytes(frame.payload());
            if (!transfer.getMore()) {
                Message message = Message.Factory.create();
                message.decode(bytes.toByteArray(), 0, bytes.size());
                return new Delivery(id, text(message));
            }
        }
    }

    /** The id that a message carries. */
    static String text(Message message) {
        return String.valueOf(message.getMessageId());
    }

    private static byte[] message(MortalWire wire, String id, int bytes) {
        Header header = new Header();
        header.setDurable(true);
        Properties properties = new Properties();
        properties.setMessageId(id);
        properties.setTo(ARRIVALS);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(wire.wire().encodeValue(header));
        message.writeBytes(wire.wire().encodeValue(properties));
        message.writeBytes(new byte[] {0, 0x53, 0x75, (byte) 0xb0});
        message.writeBytes(ByteBuffer.allocate(4).putInt(bytes).array());
        message.writeBytes(new byte[bytes]);
        return message.toByteArray();
    }

    private String id() {
        return "m" + numbers.incrementAndGet();
    }

    private static Modified failed() {
        Modified modified = new Modified();
        modified.setDeliveryFailed(true);
        return modified;
    }
}
