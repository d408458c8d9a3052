package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.QueueModel.Client;
import org.waybill.queue.QueueModel.Entry;
import org.waybill.queue.QueueModel.Undeliverable;
import org.waybill.selector.Selector;

/** Everything a queue can be asked, in any order, against {@link QueueModel}. */
class QueueRandomTest {
    private static final int MAX_LIVE = 1_200;
    private static final int STEPS = 1_200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatTheModelDoes(long seed) {
        Run run = new Run(seed);
        try {
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.emptyIt();
        } catch (RuntimeException | AssertionError wrong) {
            throw new AssertionError("seed " + seed + ", step " + run.steps, wrong);
        }
    }

    /** One queue's life. */
    private static final class Run {
        private final Random random;
        private final QueueModel model;
        private final Queue queue;
        private final List<QueueConsumer> consumers = new ArrayList<>();
        private final List<Taken> taken = new ArrayList<>();
        private final int burst;
        private final int priorities;
        private long lastId;
        int steps;

        private record Taken(QueueConsumer consumer, Client client, Entry entry) {}

        Run(long seed) {
            random = new Random(seed);
            model = new QueueModel(random.nextBoolean() ? 0 : 3, random.nextBoolean() ? 0 : 50);
            queue = model.queue;
            burst = random.nextBoolean() ? 5 : 700;
            priorities = random.nextBoolean() ? 1 : 10;
        }

        void step() {
            steps++;
            switch (random.nextInt(20)) {
                case 0, 1 -> store(model.live.size() > MAX_LIVE ? 0 : random.nextInt(burst));
                case 2 -> reveal(lastId);
                case 3 -> reveal(model.visible + random.nextInt(1 + (int) (lastId - model.visible)));
                case 4 -> attach();
                case 5 -> detach();
                case 6, 7, 8 -> credit();
                case 9, 10 -> consumed();
                case 11, 12, 13 -> settle();
                case 14 -> take();
                case 15 -> concludeTaken();
                case 16 -> undeliverable();
                case 17 -> administer();
                case 18 -> readBack();
                default -> model.memoryFull = random.nextInt(3) == 0;
            }
            dispatch();
        }

        private void dispatch() {
            for (int i = 0; model.woken; i++) {
                assertThat(i).as("rounds of dispatching").isLessThan(100_000);
                model.woken = false;
                model.woken |= queue.dispatch(model.nowMs);
            }
            if (model.live.size() < 50 || steps % 10 == 0) {
                model.check();
            }
        }

        private void store(int count) {
            for (int i = 0; i < count; i++) {
                long id = ++lastId;
                int priority = priorities == 1 ? 4 : random.nextInt(10);
                boolean chosen = random.nextInt(4) == 0;
                boolean logged = random.nextInt(3) > 0;
                long expires = random.nextInt(6) == 0 ? model.nowMs + 1 + random.nextInt(400) : 0;
                Message message = QueueModel.message(id, priority, chosen);
                long due = random.nextInt(8) == 0 ? model.nowMs + 1 + random.nextInt(400) : 0;
                Block block = queue.store(id, priority, message, message.size(), logged, expires, due);
                Entry entry = new Entry(id, priority, logged, chosen, expires, message, block, block.lastIndex());
                if (due != 0) {
                    model.delay(entry, due);
                }
                model.live.put(id, entry);
                if (random.nextInt(300) == 0) {
                    model.damaged.add(id);
                }
            }
        }

        private void reveal(long upTo) {
            long id = Math.max(upTo, model.visible);
            for (Entry entry : model.live.subMap(model.visible, false, id, true).values()) {
                if (entry.logged) {
                    entry.block.place(entry.index, entry.id << 32);
                }
            }
            long before = model.visible;
            model.visible = Math.max(before, id);
            queue.reveal(id);
            dispatch();
            for (Entry entry :
                    List.copyOf(model.live.subMap(before, false, id, true).values())) {
                if (model.live.containsKey(entry.id)) {
                    queue.bodies().shed(entry.block, entry.index);
                }
            }
        }

        private void attach() {
            if (consumers.size() >= 6) {
                return;
            }
            boolean browse = random.nextInt(5) == 0;
            boolean preSettled = !browse && random.nextInt(5) == 0;
            Selector selector = random.nextInt(3) == 0 ? Selector.parse("n = 1") : null;
            QueueConsumer consumer =
                    new QueueConsumer(model, browse, preSettled, outcome(), selector, 0, QueueModel.WINDOW_BYTES);
            Client client = new Client(browse, preSettled, selector != null);
            model.clients.put(consumer, client);
            consumers.add(consumer);
            queue.attach(consumer);
        }

        private QueueConsumer any() {
            if (consumers.isEmpty()) {
                attach();
            }
            return consumers.get(random.nextInt(consumers.size()));
        }

        private void detach() {
            QueueConsumer consumer = any();
            Client client = model.clients.get(consumer);
            client.unsettled.values().forEach(entry -> model.concluding(client, entry, consumer.defaultOutcome));
            client.unsettled.clear();
            model.clients.remove(consumer);
            consumers.remove(consumer);
            queue.detach(consumer);
        }

        private void credit() {
            QueueConsumer consumer = any();
            Client client = model.clients.get(consumer);
            client.limit =
                    random.nextInt(8) == 0 ? random.nextInt(1 + (int) client.next) : client.next + random.nextInt(40);
            client.draining = random.nextInt(4) == 0;
            if (client.viewEnded) {
                client.viewed = model.visible;
                client.viewEnded = false;
            }
            queue.credit(consumer, client.limit, client.draining);
        }

        private void consumed() {
            QueueConsumer consumer = any();
            Client client = model.clients.get(consumer);
            long bytes =
                    random.nextBoolean() ? client.outstandingBytes : random.nextInt(1 + (int) client.outstandingBytes);
            client.outstandingBytes -= bytes;
            queue.consumed(consumer, bytes);
        }

        private Outcome outcome() {
            return switch (random.nextInt(9)) {
                case 0, 1, 2, 3 -> Outcome.ACCEPTED;
                case 4, 5 -> Outcome.RELEASED;
                case 6 -> Outcome.FAILED;
                case 7 -> new Outcome.Rejected("my:condition", null);
                default -> new Outcome.Modified(
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean() ? Annotations.of(Map.of("x-opt-a", 1L)) : null);
            };
        }

        private void settle() {
            QueueConsumer consumer = any();
            Client client = model.clients.get(consumer);
            if (client.unsettled.isEmpty()) {
                return;
            }
            long first = client.unsettled.firstKey() + random.nextInt(10) - 2;
            long last = first + random.nextInt(30);
            Outcome outcome = outcome();
            var range = client.unsettled.subMap(first, true, last, true);
            range.values().forEach(entry -> model.concluding(client, entry, outcome));
            range.clear();
            queue.outcomes().settle(consumer, first, last, outcome);
        }

        private void take() {
            QueueConsumer consumer = any();
            Client client = model.clients.get(consumer);
            if (client.unsettled.isEmpty()) {
                return;
            }
            long first = client.unsettled.firstKey() + random.nextInt(4);
            queue.outcomes().take(consumer, first, first + 5, (token, block, index) -> {
                Entry entry = client.unsettled.remove(token);
                assertThat(entry.block).isSameAs(block);
                taken.add(new Taken(consumer, client, entry));
                model.taken++;
            });
            assertThat(client.unsettled.subMap(first, true, first + 5, true)).isEmpty();
        }

        private void concludeTaken() {
            if (!taken.isEmpty()) {
                Taken one = taken.remove(random.nextInt(taken.size()));
                Outcome outcome = outcome();
                model.taken--;
                model.concluding(one.client, one.entry, outcome);
                queue.outcomes().concludeTaken(one.consumer, one.entry.block, one.entry.index, outcome);
            }
        }

        private void undeliverable() {
            if (!model.undeliverable.isEmpty()) {
                Undeliverable moved = model.undeliverable.remove(random.nextInt(model.undeliverable.size()));
                Entry entry = moved.entry();
                if (random.nextBoolean()) {
                    model.removing.add(entry);
                    model.removed(queue, entry.block, entry.index);
                } else {
                    entry.held = entry.unreadable;
                    queue.giveBack(entry.block, entry.index);
                }
            }
        }

        private void administer() {
            switch (random.nextInt(6)) {
                case 0 -> {
                    model.nowMs += random.nextInt(300);
                    model.timePassed();
                }
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        Set<Entry> free = new HashSet<>(free());
                        model.live.values().stream()
                                .filter(entry -> entry.dueAtMs != 0 && entry.id <= model.visible)
                                .forEach(free::add);
                        model.removing.addAll(free);
                        assertThat(queue.intervention().purge()).isEqualTo(free.size());
                    }
                }
                case 2 -> cancel();
                default -> {
                    List<Entry> free = free();
                    Entry oldest = free.isEmpty() ? null : free.get(0);
                    if (oldest != null) {
                        model.removing.add(oldest);
                    }
                    assertThat(queue.intervention().dropOldest()).isEqualTo(oldest != null);
                }
            }
        }

        private void cancel() {
            long id = random.nextLong(1, lastId + 2);
            Entry entry = model.live.get(id);
            boolean waits = entry != null && entry.dueAtMs != 0 && id <= model.visible;
            if (waits) {
                model.removing.add(entry);
            }
            assertThat(queue.intervention().cancel(id)).isEqualTo(waits);
        }

        /** What nobody holds, lowest priority and oldest first. */
        private List<Entry> free() {
            return model.live.values().stream()
                    .filter(entry ->
                            !entry.held && !entry.unreadable && entry.dueAtMs == 0 && entry.id <= model.visible)
                    .sorted(java.util.Comparator.comparingInt((Entry entry) -> entry.priority)
                            .thenComparingLong(entry -> entry.id))
                    .toList();
        }

        private void readBack() {
            QueueModel.Read read = model.reads.poll();
            if (read != null) {
                for (Entry entry : read.entries()) {
                    Message message = model.damaged.contains(entry.id) ? null : entry.message;
                    queue.bodies().loaded(entry.block, entry.index, entry.id, message, "damaged");
                }
                queue.readDone();
            }
        }

        /** In the end everything readable can be had, and nothing is kept. */
        void emptyIt() {
            reveal(lastId);
            while (!consumers.isEmpty()) {
                detach();
                dispatch();
            }
            while (!taken.isEmpty() || !model.undeliverable.isEmpty()) {
                concludeTaken();
                undeliverable();
                dispatch();
            }
            model.nowMs += 1_000;
            model.timePassed();
            QueueConsumer last =
                    new QueueConsumer(model, false, false, Outcome.ACCEPTED, null, 0, QueueModel.WINDOW_BYTES);
            Client client = new Client(false, false, false);
            model.clients.put(last, client);
            consumers.add(last);
            queue.attach(last);
            client.limit = Long.MAX_VALUE;
            queue.credit(last, Long.MAX_VALUE, false);
            while (model.first(client) != null || !client.unsettled.isEmpty() || !model.reads.isEmpty()) {
                dispatch();
                readBack();
                client.unsettled.values().forEach(entry -> model.concluding(client, entry, Outcome.ACCEPTED));
                client.unsettled.clear();
                queue.outcomes().settle(last, 0, Long.MAX_VALUE, Outcome.ACCEPTED);
                long bytes = client.outstandingBytes;
                client.outstandingBytes = 0;
                queue.consumed(last, bytes);
                dispatch();
            }
            model.check();
            assertThat(model.live.values()).allMatch(entry -> entry.unreadable);
            assertThat(queue.enqueued()).isEqualTo(lastId);
            assertThat(queue.dequeued()).isEqualTo(lastId - model.live.size());
        }
    }
}
