package org.waybill.systemtests.cluster.load;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.waybill.systemtests.cluster.history.History;

/**
 * The clients that work on a cluster together, on queues that lie on all of its shards. One thread uses it, in this order: {@link #start},
 * {@link #end}, {@link #close}.
 *
 * <p>Queues that are only filled show what is lost; queues that are emptied meanwhile show what comes twice; one client moves messages from a
 * queue to two others, in transactions over several shards. For each node there are a producer and a consumer that know no other one and
 * wait for it however long it is silent, beside a consumer that goes elsewhere: what a node says to them that was frozen or cut off counts.
 */
public final class Load implements AutoCloseable {
    private static final int FILLED = 4;

    private final Servers servers;
    private final History history;
    private final List<Worker> producers = new ArrayList<>();
    private final List<Worker> consumers = new ArrayList<>();
    private final List<String> queues = new ArrayList<>();
    private final List<String> measured = new ArrayList<>();
    private final Map<String, String> makes = new LinkedHashMap<>();
    private final Draining draining;
    private int clients;

    /** Whether processes of Python take part. */
    public enum Size {
        JMS_ONLY,
        ALL_CLIENTS
    }

    /**
     * Connects all JMS clients.
     *
     * @param directory for the notes of other processes
     */
    public Load(Servers servers, History history, Size size, Path directory) throws JMSException {
        this.servers = servers;
        this.history = history;
        draining = new Draining(history.client("drain"));
        for (int i = 1; i <= FILLED; i++) {
            String queue = queue("filled." + i);
            measured.add(produce(i % 2 == 0 ? Make.QPID_JMS : Make.WAYBILL, queue, true));
        }
        String source = queue("moved.from");
        produce(Make.WAYBILL, source, false);
        consume(Make.WAYBILL, source, List.of(queue("moved.one"), queue("moved.two")));
        String emptied = queue("emptied");
        measured.add(produce(Make.QPID_JMS, emptied, true));
        consume(Make.QPID_JMS, emptied, List.of());
        for (int node = 0; node < servers.addresses().size(); node++) {
            String faithful = queue("faithful." + (node + 1));
            Servers only = servers.only(node);
            work(only, Make.WAYBILL, producers, "p-" + faithful, new Producing(faithful, false));
            // not Qpid JMS, which after a failover gives out, and commits without effect, what it had fetched before
            work(only, Make.WAYBILL, consumers, "c1-" + faithful, new Moving(faithful, List.of()));
            work(servers, Make.WAYBILL, consumers, "c2-" + faithful, new Moving(faithful, List.of()));
        }
        if (size == Size.ALL_CLIENTS) {
            String queue = queue("python");
            makes.put("p-python", "PYTHON");
            producers.add(new PythonWorker("produce", "p-python", queue, servers, clients++, directory, history));
            consumers.add(new PythonWorker("consume", "c-python", queue, servers, clients++, directory, history));
        }
    }

    private String queue(String name) {
        queues.add("cluster." + name);
        return "cluster." + name;
    }

    private String produce(Make make, String queue, boolean synchronous) throws JMSException {
        return work(servers, make, producers, "p-" + queue, new Producing(queue, synchronous));
    }

    private String consume(Make make, String queue, List<String> to) throws JMSException {
        return work(servers, make, consumers, "c-" + queue, new Moving(queue, to));
    }

    private String work(Servers known, Make make, List<Worker> among, String name, JmsWorker.Work work)
            throws JMSException {
        if (among == producers) {
            makes.put(name, make.name());
        }
        among.add(new JmsWorker(make, known, clients++, history.client(name), work));
        return name;
    }

    /** Sets everybody to work. */
    public void start() {
        consumers.forEach(Worker::start);
        producers.forEach(Worker::start);
    }

    /** The longest time in which any of those clients that wait for each settlement waited for one. */
    public long longestPauseNs(long fromNs, long toNs) {
        return measured.stream()
                .mapToLong(client -> history.longestPauseNs(client, fromNs, toNs))
                .max()
                .orElseThrow();
    }

    /** How much each of those clients has had settled so far, to be given to {@link #goesOn}. */
    public Map<String, Long> progress() {
        return measured.stream().collect(Collectors.toMap(client -> client, history::settledCount));
    }

    /** Whether each of those clients has had so many more sends settled since then, the last one after this time. */
    public boolean goesOn(Map<String, Long> before, int more, long afterNs) {
        return measured.stream()
                .allMatch(client -> history.settledCount(client) >= before.getOrDefault(client, 0L) + more
                        && history.lastSettledNs(client) > afterNs);
    }

    /** Lets everybody finish what they have begun, and empties all queues. */
    public void end() throws JMSException, InterruptedException {
        end(producers);
        end(consumers);
        close();
        makes.keySet().stream()
                .filter(producer -> history.settledCount(producer) == 0)
                .forEach(producer -> history.offence(producer + " had no send settled"));
        drain();
    }

    /** How many sends of the clients of each make were settled. Behind {@link #end}, as Python's notes are read then. */
    public Map<String, Long> settledByMake() {
        Map<String, Long> settled = new TreeMap<>();
        makes.forEach((producer, make) -> settled.merge(make, history.settledCount(producer), Long::sum));
        return settled;
    }

    /** Empties all queues once more, of what has come back to them. Behind {@link #end}. */
    public void drain() throws JMSException {
        try (Connection connection = Make.WAYBILL.connect(servers, 0, () -> {})) {
            connection.start();
            for (String queue : queues) {
                draining.empty(connection, queue);
            }
        }
    }

    private static void end(List<Worker> workers) throws InterruptedException {
        workers.forEach(Worker::stop);
        for (Worker worker : workers) {
            worker.awaitEnd();
        }
    }

    /** Whoever has not ended is cut off. */
    @Override
    public void close() {
        Stream.concat(producers.stream(), consumers.stream()).forEach(worker -> {
            try {
                worker.close();
            } catch (JMSException e) {
                history.offence(worker.name() + " could not be closed: " + e);
            }
        });
        producers.clear();
        consumers.clear();
    }
}
