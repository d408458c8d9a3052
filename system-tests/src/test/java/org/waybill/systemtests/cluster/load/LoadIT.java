package org.waybill.systemtests.cluster.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.cluster.history.History;
import org.waybill.systemtests.cluster.history.HistoryChecker;

/** The clients and the rules that clusters are tested with, on a single broker: one that comes back keeps the same promises. */
final class LoadIT {
    @Test
    void clientsLiveThroughTheDeathOfABrokerThatComesBack() throws Exception {
        assumeFalse(Distribution.required("waybill.cluster.rounds").equals("0"), "waybill.cluster.rounds is 0");
        BrokerProcess.Options options = BrokerProcess.Options.fresh();
        Servers servers = new Servers(List.of("127.0.0.1:" + options.port()), "", "");
        History history = new History(System::nanoTime);
        Path directory = Distribution.newDirectory("history");
        BrokerProcess broker = BrokerProcess.start(options);
        try (Load load = new Load(servers, history, Load.Size.ALL_CLIENTS, directory)) {
            load.start();
            for (int round = 0; round < 2; round++) {
                awaitProgress(load, 200);
                broker.kill();
                long killedNs = history.nowNs();
                broker = BrokerProcess.start(options);
                awaitProgress(load, 20);
                long pauseNs = load.longestPauseNs(killedNs, history.nowNs());
                System.out.println("one broker: nothing settled for "
                        + Duration.ofNanos(pauseNs).toMillis() + " ms");
            }
            load.end();
        } finally {
            broker.close();
            history.dump(directory.resolve("all.history"));
        }
        System.out.println("one broker: " + HistoryChecker.summary(history));
        assertThat(HistoryChecker.offences(history))
                .as("history in %s", directory)
                .isEmpty();
    }

    private static void awaitProgress(Load load, int sends) {
        Map<String, Long> before = load.progress();
        await("settled sends of every producer")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> load.goesOn(before, sends, 0));
    }
}
