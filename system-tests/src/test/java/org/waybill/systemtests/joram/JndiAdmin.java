package org.waybill.systemtests.joram;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.objectweb.jtests.jms.admin.Admin;

/**
 * What the suite asks of a provider's administration, answered without any: connection factories and destinations are entries of the
 * client's own JNDI context, and the broker creates a queue when a client attaches to it. Each test gets physical names of its own, so that
 * what one leaves behind is not found by the next. The suite makes instances by reflection, hence the static client.
 */
public final class JndiAdmin implements Admin {
    private static final AtomicReference<Client> CLIENT = new AtomicReference<>(new Client("", ""));
    private static final AtomicInteger INSTANCES = new AtomicInteger();

    private final String prefix = "joram." + INSTANCES.incrementAndGet() + ".";
    private final Map<String, String> entries = new ConcurrentHashMap<>();

    /** The client through which the tests go from now on. */
    static void use(Client client) {
        CLIENT.set(client);
    }

    @Override
    public String getName() {
        return "Waybill";
    }

    @Override
    @SuppressWarnings("JdkObsolete") // InitialContext takes nothing else
    public Context createContext() throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>(entries);
        environment.put(Context.INITIAL_CONTEXT_FACTORY, CLIENT.get().contextFactory());
        return new InitialContext(environment);
    }

    @Override
    public void createConnectionFactory(String name) {
        entries.put("connectionfactory." + name, CLIENT.get().uri());
    }

    @Override
    public void createQueueConnectionFactory(String name) {
        createConnectionFactory(name);
    }

    @Override
    public void createTopicConnectionFactory(String name) {
        createConnectionFactory(name);
    }

    @Override
    public void createQueue(String name) {
        entries.put("queue." + name, prefix + name);
    }

    @Override
    public void createTopic(String name) {
        entries.put("topic." + name, prefix + name);
    }

    @Override
    public void deleteQueue(String name) {
        entries.remove("queue." + name);
    }

    @Override
    public void deleteTopic(String name) {
        entries.remove("topic." + name);
    }

    @Override
    public void deleteConnectionFactory(String name) {
        entries.remove("connectionfactory." + name);
    }

    @Override
    public void deleteQueueConnectionFactory(String name) {
        deleteConnectionFactory(name);
    }

    @Override
    public void deleteTopicConnectionFactory(String name) {
        deleteConnectionFactory(name);
    }

    @Override
    public void startServer() {
        // the broker runs for the whole class
    }

    @Override
    public void stopServer() {
        // the broker runs for the whole class
    }

    @Override
    public void start() {
        // the broker runs for the whole class
    }

    @Override
    public void stop() {
        // the broker runs for the whole class
    }
}
