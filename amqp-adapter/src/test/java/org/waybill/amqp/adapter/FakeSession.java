package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.waybill.io.Loop;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SessionSpec;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/** A session of {@link FakeCore}: calls take effect with flush, answers come later and in batches. */
final class FakeSession implements BrokerSession {
    final SessionSpec spec;
    private final FakeCore core;
    private final SessionHandler handler;
    private final Loop loop;
    private final Deque<Runnable> calls = new ArrayDeque<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final List<FakeConsumer> consumers = new ArrayList<>();
    private final List<FakeTransaction> transactions = new ArrayList<>();
    private final List<String> temporaries = new ArrayList<>();
    private boolean scheduled;
    private boolean closed;

    FakeSession(FakeCore core, SessionSpec spec, SessionHandler handler, Loop loop) {
        this.core = core;
        this.spec = spec;
        this.handler = handler;
        this.loop = loop;
    }

    void call(Runnable call) {
        if (!loop.isCurrent()) {
            throw new IllegalStateException("called from " + Thread.currentThread());
        }
        calls.add(call);
    }

    void answer(Runnable answer) {
        answers.add(answer);
        if (!scheduled) {
            scheduled = true;
            loop.execute(this::emit);
        }
    }

    private void emit() {
        scheduled = false;
        int batch = answers.size();
        for (int i = 0; i < batch; i++) {
            Runnable answer = answers.remove();
            if (!closed) {
                answer.run();
            }
        }
        if (!closed) {
            handler.batchEnd();
        }
    }

    @Override
    public Producer openProducer(ProducerSpec producerSpec, ProducerHandler producerHandler) {
        FakeProducer producer = new FakeProducer(core, this, producerSpec, producerHandler);
        call(() -> {
            String address = producerSpec.address();
            FakeQueue queue = address == null ? null : core.queue(address);
            if (address != null && queue == null) {
                producer.refuse(new BrokerError(BrokerError.Code.NOT_FOUND, "no such node: " + address));
                return;
            }
            if (queue != null) {
                queue.producers.add(producer);
            }
            answer(producerHandler::opened);
        });
        return producer;
    }

    @Override
    public org.waybill.spi.Consumer openConsumer(ConsumerSpec consumerSpec, ConsumerHandler consumerHandler) {
        core.specs.add(consumerSpec);
        SubscriptionSpec subscription = consumerSpec.subscription();
        FakeQueue found =
                core.queue(subscription == null ? consumerSpec.address() : FakeCore.queueOf(subscription.id()));
        FakeQueue queue = found == null ? new FakeQueue(consumerSpec.address(), null) : found;
        FakeConsumer consumer = new FakeConsumer(consumerSpec, queue, this, consumerHandler);
        call(() -> {
            if (found == null) {
                consumer.refuse(new BrokerError(BrokerError.Code.NOT_FOUND, "no such node: " + consumerSpec.address()));
            } else if (found.owner != null && found.owner != this) {
                consumer.refuse(new BrokerError(
                        BrokerError.Code.RESOURCE_LOCKED, found.name + " belongs to another connection"));
            } else if (subscription != null && !subscription.shared() && !found.consumers.isEmpty()) {
                consumer.refuse(new BrokerError(BrokerError.Code.RESOURCE_LOCKED, subscription.id() + " is in use"));
            } else {
                if (subscription != null && subscription.durable()) {
                    core.subscribed(consumerSpec, subscription);
                }
                queue.consumers.add(consumer);
                consumers.add(consumer);
                answer(consumerHandler::opened);
            }
        });
        return consumer;
    }

    @Override
    public void createTemporary(NodeKind kind, Consumer<Reply<String>> reply) {
        core.temporaryKinds.add(kind);
        call(() -> {
            String name = "temporary-" + core.nextTemporary++;
            core.queues.put(name, new FakeQueue(name, this));
            temporaries.add(name);
            answer(() -> reply.accept(new Reply.Done<>(name)));
        });
    }

    @Override
    public void deleteTemporary(String address) {
        call(() -> {
            if (temporaries.remove(address)) {
                core.delete(address);
            }
        });
    }

    @Override
    public void unsubscribe(SubscriptionId id, Consumer<Reply<Boolean>> reply) {
        call(() -> {
            Reply<Boolean> result = core.unsubscribe(id);
            answer(() -> reply.accept(result));
        });
    }

    @Override
    public void findSubscription(SubscriptionId id, Consumer<Reply<Map<String, Object>>> reply) {
        call(() -> {
            Reply<Map<String, Object>> result = core.findSubscription(id);
            answer(() -> reply.accept(result));
        });
    }

    FakeCore core() {
        return core;
    }

    @Override
    public Branches branches() {
        throw new AssertionError("no branches here");
    }

    @Override
    public Transaction begin() {
        FakeTransaction begun = new FakeTransaction(this);
        transactions.add(begun);
        return begun;
    }

    @Override
    public void manage(Operation operation, Consumer<Reply<List<Map<String, Object>>>> reply) {
        call(() -> {
            Reply<List<Map<String, Object>>> result = carryOut(operation);
            answer(() -> reply.accept(result));
        });
    }

    private Reply<List<Map<String, Object>>> carryOut(Operation operation) {
        core.operations.add(operation);
        if (operation instanceof Operation.Query) {
            return new Reply.Done<>(
                    core.queues.values().stream().map(FakeSession::attributes).toList());
        }
        String name = Objects.requireNonNull(Operation.targetOf(operation)).name();
        FakeQueue queue = core.queues.get(name);
        if (operation instanceof Operation.Create) {
            if (queue != null) {
                return refused(BrokerError.Code.PRECONDITION_FAILED, name + " exists");
            }
            core.queues.put(name, new FakeQueue(name, null));
            return new Reply.Done<>(List.of(attributes(core.queues.get(name))));
        } else if (queue == null) {
            return refused(BrokerError.Code.NOT_FOUND, "no such queue: " + name);
        } else if (operation instanceof Operation.Delete) {
            core.delete(name);
        } else if (operation instanceof Operation.MoveQueue move) {
            return new Reply.Done<>(List.of(Map.of("name", name, "moving-to", move.shard())));
        } else if (operation instanceof Operation.Purge) {
            long purged = queue.ready.size();
            queue.ready.clear();
            return new Reply.Done<>(List.of(Map.of("purged", purged)));
        } else if (operation instanceof Operation.QueryMessages || operation instanceof Operation.ReadMessage) {
            return new Reply.Done<>(
                    queue.ready.stream().map(FakeSession::attributes).toList());
        } else if (operation instanceof Operation.MoveMessages || operation instanceof Operation.DeleteMessages) {
            return new Reply.Done<>(List.of(Map.of("moved", (long) queue.ready.size())));
        }
        return new Reply.Done<>(List.of(attributes(queue)));
    }

    private static Map<String, Object> attributes(FakeQueue.Entry entry) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("id", entry.id);
        attributes.put("size", entry.message.size());
        attributes.put("message-id", ByteBuffer.wrap(new byte[] {1, 2}));
        attributes.put("encoded", entry.message.bytes());
        return attributes;
    }

    private static Reply<List<Map<String, Object>>> refused(BrokerError.Code code, String message) {
        return new Reply.Refused<>(new BrokerError(code, message));
    }

    private static Map<String, Object> attributes(FakeQueue queue) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("name", queue.name);
        attributes.put("kind", "queue");
        attributes.put("durable", true);
        attributes.put("messages", (long) queue.ready.size());
        attributes.put("consumers", queue.consumers.size());
        return attributes;
    }

    @Override
    public void flush() {
        Runnable call;
        while ((call = calls.poll()) != null) {
            call.run();
        }
    }

    @Override
    public void leave() {
        close();
    }

    @Override
    public void close() {
        flush();
        closed = true;
        transactions.forEach(FakeTransaction::undo);
        consumers.forEach(FakeConsumer::end);
        List.copyOf(temporaries).forEach(core::delete);
        core.sessions.remove(this);
    }
}
