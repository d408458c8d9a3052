package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BranchReply;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;
import org.waybill.tx.Part;

/**
 * What stands on a shard's node for a session of another node: takes its commands as bytes, and gives it the shard's answers so. Commands are
 * decoded on the loop of the link, one after the other; answers are encoded on the shard's loop.
 *
 * <pre>
 *  commands   var session, u8 1 and text container id the first time, else 0; then slots to the end
 *  answers    var session; then slots to the end
 *  slot       u8 kind, and what {@link #command} and {@link #answer} have for it
 * </pre>
 */
final class RemoteSession implements SessionPort {
    private final long id;
    private final int node;
    private final int shard;
    private final String containerId;
    private final NodeLink link;
    private final Memory memory;

    // ---- the link's loop
    private final Map<Integer, LocalProducer> producers = new HashMap<>();
    private final Map<Integer, LocalConsumer> consumers = new HashMap<>();

    // ---- the shard's loop
    private @Nullable Bytes answering;

    RemoteSession(long id, int node, int shard, String containerId, NodeLink link, Memory memory) {
        this.id = id;
        this.node = node;
        this.shard = shard;
        this.containerId = containerId;
        this.link = link;
        this.memory = memory;
    }

    @Override
    public String containerId() {
        return containerId;
    }

    // ---- commands

    /** Reads commands; {@link IllegalArgumentException} or {@link java.nio.BufferUnderflowException} when they are none. */
    Batch commands(ByteBuffer in) {
        Batch batch = new Batch(this);
        while (in.hasRemaining()) {
            command(batch, in.get(), in);
        }
        return batch;
    }

    private void command(Batch batch, int kind, ByteBuffer in) {
        switch (kind) {
            case RemoteLead.SEND -> send(batch, in);
            case RemoteLead.SETTLE -> {
                LocalConsumer consumer = consumer(in);
                long first = Bytes.var(in);
                long last = Bytes.var(in);
                Outcome outcome = Values.outcome(in);
                add(batch, Batch.Kind.SETTLE, consumer, first, last, outcome, in.get() == 0 ? null : true);
            }
            case RemoteLead.CREDIT -> {
                LocalConsumer consumer = consumer(in);
                long limit = Bytes.var(in);
                add(batch, Batch.Kind.CREDIT, consumer, limit, in.get(), null, null);
            }
            case RemoteLead.CONSUMED -> {
                LocalConsumer consumer = consumer(in);
                add(batch, Batch.Kind.CONSUMED, consumer, Bytes.var(in), 0, null, null);
            }
            case RemoteLead.OPEN_PRODUCER -> {
                int number = (int) Bytes.var(in);
                LocalProducer producer = new LocalProducer(this, number, Values.destination(in));
                producers.put(number, producer);
                batch.add(Batch.Kind.OPEN_PRODUCER, producer, 0, 0, null, null);
            }
            case RemoteLead.OPEN_CONSUMER -> {
                int number = (int) Bytes.var(in);
                ConsumerSpec spec = Values.spec(in);
                Destination destination = Values.destination(in);
                LocalConsumer consumer = new LocalConsumer(this, number, spec, destination, Values.text(in));
                consumers.put(number, consumer);
                batch.add(Batch.Kind.OPEN_CONSUMER, consumer, 0, 0, null, null);
            }
            case RemoteLead.CLOSE_PRODUCER -> add(
                    batch, Batch.Kind.CLOSE_PRODUCER, producers.remove((int) Bytes.var(in)), 0, 0, null, null);
            case RemoteLead.CLOSE_CONSUMER -> add(
                    batch, Batch.Kind.CLOSE_CONSUMER, consumers.remove((int) Bytes.var(in)), 0, 0, null, null);
            case RemoteLead.CREATE_TEMPORARY -> batch.add(
                    Batch.Kind.CREATE_TEMPORARY, this, in.get(), 0, Values.text(in), asker(in));
            case RemoteLead.DELETE_TEMPORARY -> batch.add(
                    Batch.Kind.DELETE_TEMPORARY, this, 0, 0, Values.text(in), null);
            case RemoteLead.UNSUBSCRIBE -> batch.add(
                    Batch.Kind.UNSUBSCRIBE, this, 0, 0, Values.subscriptionId(in), asker(in));
            case RemoteLead.FIND_SUBSCRIPTION -> batch.add(
                    Batch.Kind.FIND_SUBSCRIPTION, this, 0, 0, Values.subscriptionId(in), asker(in));
            case RemoteLead.MANAGE -> batch.add(Batch.Kind.MANAGE, this, 0, 0, Operations.read(in), asker(in));
            case RemoteLead.CLOSE_SESSION -> batch.add(Batch.Kind.CLOSE_SESSION, this, in.get(), 0, null, null);
            case RemoteLead.SETTLE_IN_TRANSACTION -> {
                LocalConsumer consumer = consumer(in);
                long first = Bytes.var(in);
                long last = Bytes.var(in);
                ShareId share = new ShareId((int) Bytes.var(in));
                Outcome outcome = Values.outcome(in);
                Part.Stated stated = new Part.Stated(outcome, in.get() != 0);
                add(batch, Batch.Kind.SETTLE_IN_TRANSACTION, consumer, first, last, share, stated);
            }
            case RemoteLead.COMMIT -> batch.add(Batch.Kind.COMMIT, outgoing(in), 0, 0, null, asker(in));
            case RemoteLead.PREPARE -> {
                Outgoing outgoing = outgoing(in);
                CommitPlan plan = CommitPlan.read(in);
                batch.add(Batch.Kind.PREPARE, outgoing, 0, 0, plan, in.get() == 0 ? null : asker(in));
            }
            case RemoteLead.ROLLBACK -> {
                Outgoing outgoing = new Outgoing(this, shard, new ShareId((int) Bytes.var(in)));
                batch.add(Batch.Kind.ROLLBACK, outgoing, 0, 0, null, in.get() == 0 ? null : asker(in));
            }
            case RemoteLead.ARRIVE -> {
                Outgoing outgoing = outgoing(in);
                batch.add(Batch.Kind.ARRIVE, outgoing, 0, 0, TransactionSlots.arrival(in), null);
            }
            case RemoteLead.BRANCH -> {
                long request = Bytes.var(in);
                batch.add(Batch.Kind.BRANCH, TransactionSlots.request(in), request, 0, null, null);
            }
            default -> throw new IllegalArgumentException("an unknown command of a session: " + kind);
        }
    }

    private void send(Batch batch, ByteBuffer in) {
        send(batch, in, null);
    }

    /** @param destination where its producer sends, if that may be closed by now and is not an anonymous one */
    private void send(Batch batch, ByteBuffer in, @Nullable Destination destination) {
        int number = (int) Bytes.var(in);
        LocalProducer producer = producers.get(number);
        if (producer == null) {
            producer = new LocalProducer(this, number, destination);
            if (destination == null) {
                // an anonymous one is open everywhere without being opened anywhere
                producers.put(number, producer);
            }
        }
        long token = Bytes.var(in);
        int flags = in.get();
        Message message = Values.message(in);
        batch.add(Batch.Kind.SEND, producer, token, flags, message, Values.optionalText(in));
    }

    private Outgoing outgoing(ByteBuffer in) {
        Outgoing outgoing = new Outgoing(this, shard, new ShareId((int) Bytes.var(in)));
        long count = Bytes.var(in);
        if (count > 0) {
            Batch sends = new Batch(this);
            for (long i = 0; i < count; i++) {
                send(sends, in, in.get() == 0 ? null : Values.destination(in));
                outgoing.bytes += ((Message) Invariant.present(sends.x[sends.size - 1])).size();
            }
            outgoing.sends = sends;
            memory.add(outgoing.bytes);
        }
        return outgoing;
    }

    /** Adds a command about something that was opened, unless it is closed already: then it changes nothing. */
    private static void add(
            Batch batch,
            Batch.Kind kind,
            @Nullable Object target,
            long a,
            long b,
            @Nullable Object x,
            @Nullable Object y) {
        if (target != null) {
            batch.add(kind, target, a, b, x, y);
        }
    }

    private @Nullable LocalConsumer consumer(ByteBuffer in) {
        return consumers.get((int) Bytes.var(in));
    }

    private Asked asker(ByteBuffer in) {
        return new Asked(Bytes.var(in));
    }

    /** Somebody on the other node waits for this reply; it is given while answers are encoded. */
    private final class Asked implements Consumer<Reply<Object>> {
        private final long request;

        Asked(long request) {
            this.request = request;
        }

        @Override
        public void accept(Reply<Object> reply) {
            Bytes out = Invariant.present(answering);
            Values.putReply(out.putByte(RemoteLead.REPLY).putVar(request), reply);
        }
    }

    // ---- answers

    @Override
    public void receive(Batch answers) {
        Bytes out = new Bytes(answers.encodedBytes());
        out.putVar(id);
        answering = out;
        for (int i = 0; i < answers.size; i++) {
            answer(out, answers, i);
        }
        answering = null;
        link.answers(node, shard, out.array, out.length);
    }

    private static void answer(Bytes out, Batch answers, int i) {
        Object target = answers.targets[i];
        Object x = answers.x[i];
        switch (answers.kinds[i]) {
            case DELIVER -> {
                consumer(out, RemoteLead.DELIVER, target).putVar(answers.a[i]);
                Values.putMessage(out, (Message) Invariant.present(x));
                Values.putOptionalBytes(out, (byte[]) answers.y[i]);
            }
            case PRODUCER_SETTLED -> {
                producer(out, RemoteLead.PRODUCER_SETTLED, target)
                        .putVar(answers.a[i])
                        .putVar(answers.b[i]);
                Values.putOutcome(out, (Outcome) Invariant.present(x));
            }
            case CONSUMER_SETTLED -> consumer(out, RemoteLead.CONSUMER_SETTLED, target)
                    .putVar(answers.a[i])
                    .putVar(answers.b[i]);
            case DRAINED -> consumer(out, RemoteLead.DRAINED, target).putVar(answers.a[i]);
            case PRODUCER_REFUSED -> Values.putError(
                    producer(out, RemoteLead.PRODUCER_REFUSED, target).putVar(answers.a[i]), error(x));
            case PRODUCER_OPENED -> Values.putDurability(
                    producer(out, RemoteLead.PRODUCER_OPENED, target),
                    (AddressSettings.Durability) Invariant.present(x));
            case PRODUCER_CLOSED -> Values.putError(producer(out, RemoteLead.PRODUCER_CLOSED, target), error(x));
            case CONSUMER_OPENED -> consumer(out, RemoteLead.CONSUMER_OPENED, target);
            case CONSUMER_CLOSED -> Values.putError(consumer(out, RemoteLead.CONSUMER_CLOSED, target), error(x));
            case BLOCKED -> producer(out, RemoteLead.BLOCKED, target).putText(String.valueOf(x));
            case UNBLOCKED -> producer(out, RemoteLead.UNBLOCKED, target);
            case BRANCH_REPLY -> TransactionSlots.reply(
                    out.putByte(RemoteLead.BRANCH_REPLY).putVar(answers.a[i]), (BranchReply<?>) Invariant.present(x));
            case BRANCH_DOOMED -> out.putByte(RemoteLead.BRANCH_DOOMED).putVar(answers.a[i]);
            case SESSION_ENDED -> Values.putError(out.putByte(RemoteLead.SESSION_ENDED), error(x));
            case REPLY -> ((Runnable) target).run();
            default -> throw new IllegalStateException("no answer: " + answers.kinds[i]);
        }
    }

    private static Bytes producer(Bytes out, int kind, Object target) {
        return out.putByte(kind).putVar(((LocalProducer) target).id);
    }

    private static Bytes consumer(Bytes out, int kind, Object target) {
        return out.putByte(kind).putVar(((LocalConsumer) target).id);
    }

    private static BrokerError error(@Nullable Object value) {
        return (BrokerError) Invariant.present(value);
    }
}
