package org.waybill.benchmarks.load;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What one run of the load generator is to do, read from {@code key=value} arguments.
 *
 * @param port the broker's AMQP port on loopback
 * @param brokerPid its process, for CPU and memory; 0 when there is none to watch
 * @param user SASL PLAIN user; empty for ANONYMOUS
 * @param name prefix of the queue names
 * @param capability terminus capability that asks for a queue; may be empty
 * @param topic whether the name is one topic's, and every consumer has a subscription of its own
 * @param durableSubscriptions whether those are durable
 * @param selectors into how many groups messages and consumers are divided by a selector; 0 for no selectors
 * @param transaction messages of one transaction; 0 sends without
 * @param durable whether messages are durable
 * @param bodyBytes size of the body, at least {@link MessageTemplate#STAMP_BYTES}
 * @param window unsettled messages a producer may have
 * @param credit link credit of a consumer
 * @param ratePerSecond messages a second over all producers; 0 sends as fast as it goes
 * @param backlog messages that may lie between producers and consumers, so that no broker is measured while it pages
 * @param producers number of producers, each on its own connection
 * @param queues number of queues; producer and consumer i use queue i modulo this
 * @param consumers number of consumers, each on its own connection
 * @param connections idle connections to make
 * @param warmUpSeconds load before the measurement
 * @param measureSeconds the measurement
 * @param limitSeconds when to give up making connections or draining
 * @param factory class of the JMS connection factory, which takes a URI
 * @param xaFactory class of the factory of XA connections, which takes a URI
 * @param xaScheme what its URIs begin with
 * @param file where the ids settled before a kill are kept
 */
record LoadOptions(
        int port,
        long brokerPid,
        String user,
        String password,
        String name,
        String capability,
        boolean topic,
        boolean durableSubscriptions,
        int selectors,
        int transaction,
        boolean durable,
        int bodyBytes,
        int window,
        int credit,
        double ratePerSecond,
        long backlog,
        int producers,
        int queues,
        int consumers,
        int connections,
        double warmUpSeconds,
        double measureSeconds,
        double limitSeconds,
        String factory,
        String xaFactory,
        String xaScheme,
        String file) {

    private static final Set<String> KEYS = Set.of(
            "port",
            "pid",
            "user",
            "password",
            "name",
            "capability",
            "topic",
            "dursub",
            "selectors",
            "tx",
            "durable",
            "size",
            "window",
            "credit",
            "rate",
            "backlog",
            "p",
            "q",
            "c",
            "n",
            "warm",
            "measure",
            "limit",
            "factory",
            "xa-factory",
            "xa-scheme",
            "file");

    /** Reads {@code key=value} arguments from that index on; an unknown key is an error. */
    static LoadOptions parse(String[] arguments, int from) {
        Map<String, String> given = new HashMap<>();
        for (int i = from; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            String key = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown argument " + arguments[i] + "; known keys: " + KEYS);
            }
            given.put(key, arguments[i].substring(equals + 1));
        }
        return new LoadOptions(
                (int) number(given, "port", 5672),
                (long) number(given, "pid", 0),
                given.getOrDefault("user", ""),
                given.getOrDefault("password", ""),
                given.getOrDefault("name", "bench"),
                given.getOrDefault("capability", ""),
                Boolean.parseBoolean(given.getOrDefault("topic", "false")),
                Boolean.parseBoolean(given.getOrDefault("dursub", "false")),
                (int) number(given, "selectors", 0),
                (int) number(given, "tx", 0),
                Boolean.parseBoolean(given.getOrDefault("durable", "false")),
                (int) number(given, "size", 1024),
                (int) number(given, "window", 1000),
                (int) number(given, "credit", 1000),
                number(given, "rate", 0),
                (long) number(given, "backlog", 10_000),
                (int) number(given, "p", 1),
                (int) number(given, "q", 1),
                (int) number(given, "c", 1),
                (int) number(given, "n", 10_000),
                number(given, "warm", 5),
                number(given, "measure", 8),
                number(given, "limit", 90),
                given.getOrDefault("factory", "org.apache.qpid.jms.JmsConnectionFactory"),
                given.getOrDefault("xa-factory", "org.waybill.jms.WaybillXAConnectionFactory"),
                given.getOrDefault("xa-scheme", "amqp"),
                given.getOrDefault("file", "settled.bin"));
    }

    private static double number(Map<String, String> given, String key, double otherwise) {
        String value = given.get(key);
        return value == null ? otherwise : Double.parseDouble(value);
    }

    /** Address of producer or consumer i. */
    String address(int index) {
        return topic ? name : name + index % queues;
    }

    /** How many consumers get each message. */
    int fanOut() {
        return topic ? Math.max(1, consumers / Math.max(1, selectors)) : 1;
    }

    /** What consumer i selects; nothing when there are no selectors. */
    String selector(int index) {
        return selectors == 0 ? "" : MessageTemplate.GROUP + " = " + index % selectors;
    }
}
