package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Cancellable;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.Transaction;

/** A session on its connection's loop: gathers commands for each shard and gives answers to their handlers. */
public final class LocalSession implements BrokerSession, SessionPort {
    /** All topics live there, so that what reaches many subscriptions is one turn's work. */
    static final int TOPICS_SHARD = 0;

    /** How long a session waits for somebody to lead a shard. */
    static final long MAX_LEADERLESS_MS = 5_000;

    private static final long NS_A_MS = 1_000_000;

    /** By when a node that leads has noticed that its link with this one is gone, once this one has. */
    private static final long LOST_NS = 250 * NS_A_MS;

    private final long id;
    private final Shards shards;
    private final Loop loop;
    private final String containerId;
    private final SessionHandler handler;
    private final @Nullable Batch[] lanes;

    /** Who led each shard when the session used it first: what it has open there goes with that lead. */
    private final @Nullable Lead[] bound;

    private final OpenTransactions transactions;
    private final LocalBranches branches;
    private final LinkRoom room = new LinkRoom();
    private long bufferedBytes;
    private int lastId;
    private @Nullable Cancellable patience;
    private @Nullable FarAnswers far;
    private @Nullable Views views;
    private int lastShare;
    private boolean closed;

    /**
     * A session of a connection on {@code loop} with these shards.
     *
     * @param containerId the client's own name for itself, by which noLocal tells its messages
     */
    public LocalSession(
            Shards shards, Loop loop, String containerId, TransactionSettings transactions, SessionHandler handler) {
        this.id = shards.nextSession();
        this.shards = shards;
        this.loop = loop;
        this.containerId = containerId;
        this.transactions = new OpenTransactions(this, loop, shards.here(0).clock(), transactions);
        this.branches = new LocalBranches(
                this, shards.count(), transactions, shards.here(0).clock().newName());
        this.handler = handler;
        this.lanes = new @Nullable Batch[shards.count()];
        this.bound = new @Nullable Lead[shards.count()];
        shards.opened(this);
    }

    /** Tells it apart from all other sessions of this node. */
    long id() {
        return id;
    }

    @Override
    public String containerId() {
        return containerId;
    }

    @Override
    public Producer openProducer(ProducerSpec spec, ProducerHandler producerHandler) {
        String address = spec.address();
        Destination destination = address == null ? null : resolve(Destination.of(address, spec.kind()));
        int shard = destination == null ? -1 : shardOf(destination);
        SessionProducer producer = new SessionProducer(this, ++lastId, destination, producerHandler, shard);
        if (shard < 0) {
            later(batch -> batch.add(Batch.Kind.PRODUCER_OPENED, producer, 0, 0, null, null));
        } else {
            lane(shard).add(Batch.Kind.OPEN_PRODUCER, producer, 0, 0, null, null);
        }
        return producer;
    }

    @Override
    public org.waybill.spi.Consumer openConsumer(ConsumerSpec spec, ConsumerHandler consumerHandler) {
        Destination destination = resolve(Destination.of(spec.address(), spec.kind()));
        int shard = shardOf(destination);
        SessionConsumer consumer = new SessionConsumer(this, ++lastId, spec, destination, consumerHandler, shard);
        lane(shard).add(Batch.Kind.OPEN_CONSUMER, consumer, 0, 0, null, null);
        return consumer;
    }

    @Override
    public void createTemporary(NodeKind kind, Consumer<Reply<String>> reply) {
        boolean topic = kind == NodeKind.TOPIC;
        String name = (topic ? Names.TEMPORARY_TOPIC_PREFIX : Names.TEMPORARY_PREFIX)
                + shards.here(0).clock().newName();
        lane(shardOf(resolve(new Destination(name, kind))))
                .add(Batch.Kind.CREATE_TEMPORARY, this, topic ? Batch.TO_TOPIC : 0, 0, name, reply);
    }

    @Override
    public void deleteTemporary(String address) {
        int shard = shardOf(resolve(new Destination(address, NodeKind.ANY)));
        lane(shard).add(Batch.Kind.DELETE_TEMPORARY, this, 0, 0, address, null);
    }

    @Override
    public void unsubscribe(SubscriptionId id, Consumer<Reply<Boolean>> reply) {
        lane(TOPICS_SHARD).add(Batch.Kind.UNSUBSCRIBE, this, 0, 0, id, reply);
    }

    @Override
    public void findSubscription(SubscriptionId id, Consumer<Reply<Map<String, Object>>> reply) {
        lane(TOPICS_SHARD).add(Batch.Kind.FIND_SUBSCRIPTION, this, 0, 0, id, reply);
    }

    @Override
    public Transaction begin() {
        return transactions.begin();
    }

    @Override
    public Branches branches() {
        return branches;
    }

    /** A name for what a transaction has to do with a shard. */
    ShareId nextShareId() {
        return new ShareId(++lastShare);
    }

    /** Bytes of messages wait here for a transaction's commit (positive), or no longer (negative). */
    void buffered(long change) {
        bufferedBytes += change;
    }

    /** Bytes of messages that counted in this node's memory have left for another. */
    void handedOver(long bytes) {
        shards.here(0).memory().add(-bytes);
    }

    /** Where a message says it goes, or null when it does not say. */
    @Nullable
    Destination destinationOf(Message message) {
        String to = message.to();
        return to == null || to.isEmpty() ? null : resolve(Destination.of(to, kindOf(message)));
    }

    private static NodeKind kindOf(Message message) {
        return switch (message.destinationType()) {
            case QUEUE, TEMPORARY_QUEUE -> NodeKind.QUEUE;
            case TOPIC, TEMPORARY_TOPIC -> NodeKind.TOPIC;
            case UNKNOWN -> NodeKind.ANY;
        };
    }

    private Destination resolve(Destination destination) {
        return shards.resolve(destination);
    }

    /** Gives a reply later, as all replies are given. */
    void answerLater(Runnable answer) {
        later(batch -> batch.add(Batch.Kind.REPLY, answer, 0, 0, null, null));
    }

    @Override
    public void manage(Operation operation, Consumer<Reply<List<Map<String, Object>>>> reply) {
        BrokerError refusal = Administration.refusal(operation);
        if (refusal == null) {
            Administering.manage(this, shards, operation, reply);
        } else {
            answerLater(() -> reply.accept(new Reply.Refused<>(refusal)));
        }
    }

    @Override
    public void flush() {
        if (!closed) {
            submit();
        }
    }

    private void submit() {
        if (bufferedBytes != 0) {
            shards.here(0).memory().add(bufferedBytes);
            bufferedBytes = 0;
        }
        room.begin();
        for (int shard = 0; shard < lanes.length; shard++) {
            Batch batch = lanes[shard];
            if (batch != null) {
                Lead lead = bound(shard);
                if (lead != null && (closed || room.has(lead, batch))) {
                    lanes[shard] = null;
                    lead.submit(batch);
                }
            }
        }
        List<SessionProducer> resumed = room.resumed();
        if (!resumed.isEmpty()) {
            execute(() -> resume(resumed));
        }
    }

    /** In a turn of its own, at whose end the adapter sends what it says. */
    private void resume(List<SessionProducer> producers) {
        for (SessionProducer producer : producers) {
            if (!room.isPaused(producer)) {
                producer.handler.resume();
            }
        }
        handler.batchEnd();
    }

    /** There is room again on a link. Any thread. */
    void drained() {
        if (room.isWaitedFor()) {
            execute(this::flush);
        }
    }

    /** Who led a shard when it was used first; else who leads it now, or null, for whom is waited then. */
    private @Nullable Lead bound(int shard) {
        Lead lead = bound[shard];
        if (lead == null) {
            lead = shards.lead(shard);
            bound[shard] = lead;
            if (lead == null && patience == null && !closed) {
                patience = loop.schedule(MAX_LEADERLESS_MS * NS_A_MS, this::losePatience);
            }
        }
        return lead;
    }

    /** The term of a shard's lead to which this session speaks; higher than any as long as it has none. */
    long term(int shard) {
        Lead lead = bound(shard);
        return lead == null ? Long.MAX_VALUE : lead.term();
    }

    private void losePatience() {
        patience = null;
        for (int shard = 0; shard < lanes.length; shard++) {
            Batch batch = lanes[shard];
            if (closed || batch == null || bound[shard] != null) {
                continue;
            }
            if (batch.isOnly(Batch.Kind.BRANCH)) {
                lanes[shard] = null;
                branches.unavailable(shard);
            } else {
                handler.closed(new BrokerError(
                        Code.MOVED, "no node of the cluster leads shard " + shard + ", which this needs, at present"));
            }
        }
    }

    /** Somebody else leads a shard, or nobody. Any thread. */
    void leadChanged(int shard) {
        execute(() -> {
            Lead lead = bound[shard];
            if (lead == null) {
                flush();
            } else if (shards.lead(shard) == null && lead instanceof RemoteLead) {
                // the node that leads may lead on: it must know first that this session is lost, and take back what the
                // session held,
                // or whoever comes by another way is given what is behind that
                loop.schedule(LOST_NS, () -> moved(shard));
            } else if (lead != shards.lead(shard)) {
                moved(shard);
            }
        });
    }

    /** The lead that this session uses is none any more: it ends. */
    private void moved(int shard) {
        if (!closed) {
            handler.closed(new BrokerError(
                    Code.MOVED, "shard " + shard + ", which this connection uses, is led by another node from now on"));
        }
    }

    @Override
    public void close() {
        close(false);
    }

    @Override
    public void leave() {
        close(true);
    }

    private void close(boolean inOrder) {
        if (!closed) {
            transactions.close();
            branches.close();
            for (int shard = 0; shard < lanes.length; shard++) {
                if (bound[shard] != null || lanes[shard] != null) {
                    lane(shard).add(Batch.Kind.CLOSE_SESSION, this, inOrder ? 1 : 0, 0, null, null);
                }
            }
            closed = true;
            submit();
            if (patience != null) {
                patience.cancel();
            }
            shards.closed(this);
        }
    }

    int shardOf(Destination destination) {
        return shards.shardOf(destination);
    }

    Batch lane(int shard) {
        Batch batch = lanes[shard];
        if (batch == null) {
            batch = new Batch(this);
            lanes[shard] = batch;
        }
        return batch;
    }

    void sendAnonymously(LocalProducer producer, Message message, long token) {
        views().send(producer, message, token);
    }

    private Views views() {
        Views made = views;
        if (made == null) {
            made = new Views(this, shards);
            views = made;
        }
        return made;
    }

    /** So many messages of a producer without an address are answered. */
    void answered(long count) {
        views().answered(count);
    }

    static long topicFlag(Destination to) {
        return to.kind() == NodeKind.TOPIC ? Batch.TO_TOPIC : 0;
    }

    void later(Consumer<Batch> fill) {
        Batch batch = new Batch(this);
        fill.accept(batch);
        loop.execute(() -> give(batch));
    }

    // ---- shards on other nodes

    private FarAnswers far() {
        FarAnswers made = far;
        if (made == null) {
            made = new FarAnswers(this);
            far = made;
        }
        return made;
    }

    /** A producer or consumer is known by its number there. */
    void uses(LocalProducer producer) {
        far().uses(producer.id, producer);
    }

    /** See the other. */
    void uses(LocalConsumer consumer) {
        far().uses(consumer.id, consumer);
    }

    void forgets(int number) {
        far().forgets(number);
    }

    /** Somebody waits for an answer; returns the number by which that is asked for. */
    long asks(@Nullable Object reply) {
        return far().asks(Invariant.present(reply));
    }

    /** Takes the bytes of answers. Any thread. */
    void receive(int shard, ByteBuffer in) {
        execute(() -> {
            // a lead that is lost has nothing more to say: some of it was lost with the link, and what follows would be
            // out of order
            if (bound[shard] instanceof RemoteLead lead && lead == shards.lead(shard)) {
                Batch answers = far().read(in);
                if (answers == null) {
                    moved(shard);
                } else {
                    give(answers);
                }
            }
        });
    }

    // ---- from the shards

    /** Does something on the session's loop, unless it has closed by then. Any thread. */
    void execute(Runnable task) {
        loop.execute(() -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** Takes answers of a shard. Any thread. */
    @Override
    public void receive(Batch answers) {
        if (loop.isCurrent()) {
            give(answers);
        } else {
            loop.execute(() -> give(answers));
        }
    }

    private void give(Batch answers) {
        if (closed) {
            return;
        }
        for (int i = 0; i < answers.size; i++) {
            give(answers, i);
        }
        handler.batchEnd();
        flush();
    }

    private static void give(Batch answers, int i) {
        Object target = answers.targets[i];
        Object x = answers.x[i];
        switch (answers.kinds[i]) {
            case DELIVER -> {
                if (x instanceof Message message) {
                    ((SessionConsumer) target).handler.deliver(answers.a[i], message, (byte[]) answers.y[i]);
                }
            }
            case PRODUCER_SETTLED -> {
                if (x instanceof Outcome outcome) {
                    ((SessionProducer) target).settled(answers.a[i], answers.b[i], outcome);
                }
            }
            case CONSUMER_SETTLED -> ((SessionConsumer) target).handler.settled(answers.a[i], answers.b[i]);
            case DRAINED -> ((SessionConsumer) target).handler.drained(answers.a[i]);
            case PRODUCER_REFUSED -> ((SessionProducer) target).refused(answers.a[i], error(x));
            case PRODUCER_OPENED -> ((SessionProducer) target).opened((AddressSettings.Durability) x);
            case PRODUCER_CLOSED -> ((SessionProducer) target).closedByBroker(error(x));
            case CONSUMER_OPENED -> ((SessionConsumer) target).handler.opened();
            case CONSUMER_CLOSED -> ((SessionConsumer) target).closedByBroker(error(x));
            case BLOCKED -> ((SessionProducer) target).handler.blocked(String.valueOf(x));
            case UNBLOCKED -> ((SessionProducer) target).handler.unblocked();
            case BRANCH_REPLY -> ((LocalSession) target).branches.answered(answers.a[i], Invariant.present(x));
            case BRANCH_DOOMED -> ((LocalSession) target).branches.doomed((int) answers.a[i]);
            case SESSION_ENDED -> ((LocalSession) target).end(error(x));
            case REPLY -> ((Runnable) target).run();
            default -> throw new IllegalStateException("no answer: " + answers.kinds[i]);
        }
    }

    private static BrokerError error(@Nullable Object value) {
        return (BrokerError) Invariant.present(value);
    }

    /** The broker goes down or has failed: the connection should end with this reason. Any thread. */
    public void end(BrokerError reason) {
        loop.execute(() -> {
            if (!closed) {
                handler.closed(reason);
            }
        });
    }
}
