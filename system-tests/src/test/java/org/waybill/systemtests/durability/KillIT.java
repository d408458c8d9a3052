package org.waybill.systemtests.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;

/**
 * SIGKILL at a random moment under load, again and again on the same data. One queue only grows; from the other one two consumers take what
 * two producers put in. {@code -Dwaybill.kill.seed=N} repeats the choices of a run, though not the scheduling of the machine.
 */
final class KillIT {
    private static final String GROWING = "kill.growing";
    private static final String FLOWING = "kill.flowing";

    private final int rounds = Integer.parseInt(Distribution.required("waybill.kill.rounds"));
    private final long seed = Long.getLong("waybill.kill.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Ledger ledger = new Ledger();
    private final List<AtomicLong> sequences =
            List.of(new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong());

    @Test
    void nothingSettledIsLostAndNothingConfirmedComesBack() throws InterruptedException {
        System.out.println("kill -9: " + rounds + " rounds, seed " + seed);
        BrokerProcess.Options options = BrokerProcess.Options.fresh();
        for (int round = 1; round <= rounds; round++) {
            if (round % 3 == 0) {
                killWhileItRecovers(options);
            }
            killUnderLoad(options, round);
        }
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            ledger.beginLife();
            List<Numbered> growing = Taking.all(broker.port(), GROWING, ledger);
            List<Numbered> flowing = Taking.all(broker.port(), FLOWING, ledger);
            System.out.println("kill -9: " + ledger.settledCount() + " settled, " + growing.size() + " + "
                    + flowing.size() + " left at the end");
            List<Numbered> all = new ArrayList<>(growing);
            all.addAll(flowing);
            ledger.check(all);
        }
        assertThat(ledger.offences()).as("seed %d", seed).isEmpty();
    }

    private void killUnderLoad(BrokerProcess.Options options, int round) throws InterruptedException {
        int settledBeforeTheKill = random.nextInt(4) == 0 ? random.nextInt(20) : random.nextInt(4_000);
        ledger.beginLife();
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            List<Thread> clients = clients(broker.port());
            clients.forEach(Thread::start);
            await("settled sends in round " + round + ":\n" + broker.output())
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> ledger.settledInThisLife() >= settledBeforeTheKill);
            broker.kill();
            for (Thread client : clients) {
                client.join(30_000);
                assertThat(client.isAlive())
                        .as("client %s ends with its broker", client.getName())
                        .isFalse();
            }
        }
    }

    private void killWhileItRecovers(BrokerProcess.Options options) {
        try (BrokerProcess broker = BrokerProcess.launch(options)) {
            broker.endsWithin(Duration.ofMillis(50 + random.nextInt(500)));
            broker.kill();
        }
    }

    private List<Thread> clients(int port) {
        List<Thread> clients = new ArrayList<>();
        clients.add(producer("growing-sync", ProducerLoad.Mode.SYNCHRONOUS, port, GROWING, 0));
        clients.add(producer("growing-async", ProducerLoad.Mode.ASYNCHRONOUS, port, GROWING, 1));
        clients.add(producer("flowing-sync", ProducerLoad.Mode.SYNCHRONOUS, port, FLOWING, 2));
        clients.add(producer("flowing-async", ProducerLoad.Mode.ASYNCHRONOUS, port, FLOWING, 3));
        for (String consumer : List.of("consumer-1", "consumer-2")) {
            clients.add(new Thread(() -> Taking.untilKilled(port, consumer, FLOWING, ledger), consumer));
        }
        return clients;
    }

    private Thread producer(String name, ProducerLoad.Mode mode, int port, String queue, int sequence) {
        return new Thread(new ProducerLoad(name, mode, port, queue, sequences.get(sequence), ledger), name);
    }
}
