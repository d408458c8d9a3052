package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/**
 * Consumers with selectors, priorities and message groups that come and go, against a model that searches all entries each time:
 * nothing is lost or doubled, each selector and each group keeps its order, and nobody waits that has credit and could have a message.
 */
class DispatchRandomTest {
    private static final int STEPS = 3_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 16, 26, 37, 77})
    void everyMessageGoesToWhoItIsFor(long seed) {
        Run run = new Run(seed);
        try {
            while (run.steps < STEPS) {
                run.step();
            }
            run.emptyIt();
        } catch (RuntimeException | AssertionError wrong) {
            throw new AssertionError("seed " + seed + ", step " + run.steps, wrong);
        }
    }

    private record Entry(long id, int priority, int n, @Nullable String group) {
        static final Comparator<Entry> ORDER =
                Comparator.comparingInt((Entry entry) -> -entry.priority).thenComparingLong(Entry::id);
    }

    /** A consumer as the model sees it. */
    private static final class Client implements Sink {
        final Run run;
        final QueueConsumer consumer;
        final int wanted;
        final int priority;
        final TreeMap<Long, Entry> unsettled = new TreeMap<>();
        final List<Entry> taken = new ArrayList<>();
        long next;
        long limit;
        boolean closed;

        Client(Run run, int wanted, int priority) {
            this.run = run;
            this.wanted = wanted;
            this.priority = priority;
            consumer = new QueueConsumer(
                    this,
                    false,
                    false,
                    Outcome.RELEASED,
                    wanted < 0 ? null : org.waybill.selector.Selector.parse("n = " + wanted),
                    priority,
                    Long.MAX_VALUE);
        }

        boolean wants(Entry entry) {
            return wanted < 0 || entry.n == wanted;
        }

        boolean holds(String group) {
            return unsettled.values().stream().anyMatch(entry -> group.equals(entry.group))
                    || taken.stream().anyMatch(entry -> group.equals(entry.group));
        }

        boolean hasCredit() {
            return !closed && next < limit;
        }

        @Override
        public void deliver(
                QueueConsumer to, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
            assertThat(token).isEqualTo(next++).isLessThan(limit);
            run.delivered(this, java.nio.ByteBuffer.wrap(message.bytes()).getLong(message.size() - 8), token);
        }

        @Override
        public void drained(QueueConsumer by, long limitToken) {
            throw new AssertionError("nobody drains");
        }
    }

    private static final class Run {
        private final Random random;
        private final DispatchFixture q;
        private final boolean sheds;
        private final boolean grouped;
        private final boolean prioritized;
        private final List<Client> clients = new ArrayList<>();
        private final List<Client> gone = new ArrayList<>();
        private final Map<Long, Entry> available = new TreeMap<>();
        private final Map<String, Client> owners = new HashMap<>();
        private final List<Runnable> transactions = new ArrayList<>();
        private long done;
        int steps;

        Run(long seed) {
            random = new Random(seed);
            int[] aside = {4, 40, 400, Bounds.USUAL.mostAside()};
            int[] looks = {1, 10, Bounds.USUAL.mostLooks()};
            q = new DispatchFixture(
                    new Bounds(aside[random.nextInt(aside.length)], looks[random.nextInt(looks.length)]));
            sheds = random.nextInt(3) == 0;
            grouped = random.nextInt(3) > 0;
            prioritized = random.nextBoolean();
        }

        void step() {
            steps++;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> send();
                case 3 -> attach();
                case 4 -> close();
                case 5, 6, 7 -> credit();
                case 8, 9 -> settle();
                case 10 -> take();
                default -> conclude();
            }
            q.dispatch();
            if (sheds && random.nextInt(10) == 0) {
                q.shed();
            }
            check();
        }

        private void send() {
            if (available.size() > 300) {
                return;
            }
            for (int i = random.nextInt(12); i >= 0; i--) {
                int g = grouped ? random.nextInt(12) : 9;
                String group = g < 8 ? "g" + g : null;
                int n = group == null ? random.nextInt(4) : g % 4;
                int priority = prioritized ? random.nextInt(3) * 4 : 4;
                q.store(priority, n, group, 0);
                available.put(q.lastId, new Entry(q.lastId, priority, n, group));
            }
            q.queue.reveal(q.lastId);
        }

        private void attach() {
            if (clients.size() < 7) {
                Client client = new Client(this, random.nextInt(5) - 1, prioritized ? random.nextInt(3) : 0);
                clients.add(client);
                q.queue.attach(client.consumer);
            }
        }

        private Client any() {
            if (clients.isEmpty()) {
                attach();
            }
            return clients.get(random.nextInt(clients.size()));
        }

        private void close() {
            Client client = any();
            client.unsettled.values().forEach(entry -> available.put(entry.id, entry));
            client.unsettled.clear();
            client.closed = true;
            clients.remove(client);
            gone.add(client);
            q.queue.detach(client.consumer);
        }

        private void credit() {
            Client client = any();
            client.limit = random.nextInt(6) == 0 ? client.next : client.next + random.nextInt(15);
            q.queue.credit(client.consumer, client.limit, false);
        }

        private void settle() {
            Client client = any();
            if (client.unsettled.isEmpty()) {
                return;
            }
            long first = client.unsettled.firstKey() + random.nextInt(3);
            long last = first + random.nextInt(8);
            boolean accepted = random.nextInt(3) > 0;
            var range = client.unsettled.subMap(first, true, last, true);
            range.values().forEach(entry -> conclude(entry, accepted));
            range.clear();
            q.queue.outcomes().settle(client.consumer, first, last, accepted ? Outcome.ACCEPTED : Outcome.RELEASED);
        }

        private void conclude(Entry entry, boolean accepted) {
            if (accepted) {
                done++;
            } else {
                available.put(entry.id, entry);
            }
        }

        private void take() {
            Client client = any();
            if (client.unsettled.isEmpty()) {
                return;
            }
            long first = client.unsettled.firstKey();
            q.queue.outcomes().take(client.consumer, first, first + 3, (token, block, index) -> {
                Entry entry = client.unsettled.remove(token);
                client.taken.add(entry);
                transactions.add(() -> {
                    boolean accepted = random.nextBoolean();
                    client.taken.remove(entry);
                    conclude(entry, accepted);
                    Outcome outcome = accepted ? Outcome.ACCEPTED : Outcome.RELEASED;
                    q.queue.outcomes().concludeTaken(client.consumer, block, index, outcome);
                });
            });
        }

        private void conclude() {
            if (!transactions.isEmpty()) {
                transactions.remove(random.nextInt(transactions.size())).run();
            }
        }

        void delivered(Client to, long id, long token) {
            Entry entry = available.remove(id);
            assertThat(entry).as("entry %d is in the queue", id).isNotNull();
            assertThat(to.wants(entry)).isTrue();
            available.values().stream()
                    .filter(other -> to.wants(other) && java.util.Objects.equals(entry.group, other.group))
                    .forEach(other -> assertThat(Entry.ORDER.compare(entry, other))
                            .as("entry %d goes before %d of the same group", id, other.id)
                            .isNegative());
            if (entry.group != null) {
                for (Client other : everybody()) {
                    assertThat(other != to && other.holds(entry.group))
                            .as("somebody else holds messages of group %s", entry.group)
                            .isFalse();
                }
                owners.put(entry.group, to);
            } else if (!sheds) {
                assertThat(clients)
                        .filteredOn(client -> client.priority > to.priority && client.hasCredit())
                        .noneMatch(client -> client.wants(entry));
            }
            to.unsettled.put(token, entry);
        }

        private List<Client> everybody() {
            List<Client> all = new ArrayList<>(clients);
            all.addAll(gone);
            return all;
        }

        private void check() {
            long held = everybody().stream()
                    .mapToLong(client -> client.unsettled.size() + client.taken.size())
                    .sum();
            assertThat(q.queue.messages()).isEqualTo(available.size() + held);
            assertThat(q.lastId).isEqualTo(available.size() + held + done);
            for (Client client : clients) {
                if (client.hasCredit()) {
                    assertThat(available.values())
                            .filteredOn(client::wants)
                            .filteredOn(entry -> mayHave(client, entry))
                            .as("what a consumer with credit waits for")
                            .isEmpty();
                }
            }
            gone.removeIf(client -> client.taken.isEmpty() && !owners.containsValue(client));
        }

        private boolean mayHave(Client client, Entry entry) {
            if (entry.group == null) {
                return true;
            }
            Client owner = owners.get(entry.group);
            return owner == null || owner == client || owner.closed && !owner.holds(entry.group);
        }

        /** In the end one consumer gets everything that is left. */
        void emptyIt() {
            while (!transactions.isEmpty()) {
                conclude();
                q.dispatch();
            }
            while (!clients.isEmpty()) {
                close();
                q.dispatch();
            }
            Client last = new Client(this, -1, 0);
            clients.add(last);
            q.queue.attach(last.consumer);
            last.limit = Long.MAX_VALUE;
            q.queue.credit(last.consumer, last.limit, false);
            q.dispatch();
            assertThat(available).isEmpty();
            assertThat(last.unsettled.size() + done).isEqualTo(q.lastId);
        }
    }
}
