package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.DestinationKind;
import org.waybill.jms.destination.TemporaryNode;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.destination.WaybillTemporaryQueue;
import org.waybill.jms.destination.WaybillTemporaryTopic;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.SenderOptions;

/**
 * The temporary queues and topics of a connection. Each is a node that the server made for a link of ours, and is there as long as the
 * link (AMQP 1.0 part 3, section 3.5.4): they all have their links on one AMQP session of the connection's own.
 *
 * <p>On another connection the server makes other nodes, with other names. The application keeps the destinations it has; what
 * they are called now is for links and messages to know.
 */
final class TemporaryDestinations {
    /** A node, and how it is called now. */
    private final class Node implements TemporaryNode {
        private final DestinationKind kind;
        private volatile ClientSender link;

        Node(DestinationKind kind, ClientSender link) {
            this.kind = kind;
            this.link = link;
        }

        @Override
        public void delete() throws JMSException {
            TemporaryDestinations.this.delete(this);
        }

        @Override
        public Object owner() {
            return connection;
        }
    }

    private final JmsConnection connection;
    private final ReentrantLock lock = new ReentrantLock();
    /** In the order in which they were made; by the name that the application knows. */
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final Map<String, Boolean> deleted = new ConcurrentHashMap<>();
    private @Nullable ClientSession session;

    TemporaryDestinations(JmsConnection connection) {
        this.connection = connection;
    }

    WaybillTemporaryQueue createQueue() throws JMSException {
        Node node = create(DestinationKind.TEMPORARY_QUEUE);
        return new WaybillTemporaryQueue(nameOf(node), node);
    }

    WaybillTemporaryTopic createTopic() throws JMSException {
        Node node = create(DestinationKind.TEMPORARY_TOPIC);
        return new WaybillTemporaryTopic(nameOf(node), node);
    }

    private Node create(DestinationKind kind) throws JMSException {
        Deadline deadline = Deadline.in(connection.settings().timeouts().requestMs());
        String doing = "cannot create a " + kind.capability();
        while (true) {
            ClientConnection current = connection.lifeline().await(deadline, doing);
            lock.lock();
            try {
                Node node = new Node(kind, open(current).sender(SenderOptions.dynamic(kind.capability())));
                nodes.put(nameOf(node), node);
                return node;
            } catch (ClientException e) {
                if (!connection.lifeline().survives(current, e)) {
                    throw Failures.of(doing, e);
                }
            } catch (IllegalArgumentException e) {
                throw Failures.withCause(new JMSException(doing + ": " + e.getMessage(), "not-offered"), e);
            } finally {
                lock.unlock();
            }
        }
    }

    private ClientSession open(ClientConnection current) {
        ClientSession opened = session;
        if (opened == null || opened.connection() != current) {
            opened = current.session();
            session = opened;
        }
        return opened;
    }

    private static String nameOf(Node node) {
        String address = node.link.address();
        if (address == null) {
            throw new IllegalArgumentException("the server made a node without an address");
        }
        return address;
    }

    private void delete(Node node) throws JMSException {
        connection.checkOpen();
        String name = nameKnown(node);
        if (name == null) {
            return;
        }
        if (connection.consumesFrom(name)) {
            throw new IllegalStateException(
                    "the " + node.kind.capability() + " '" + name + "' has a consumer: close it first", "in-use");
        }
        lock.lock();
        try {
            nodes.remove(name);
        } finally {
            lock.unlock();
        }
        deleted.put(name, true);
        node.link.close();
    }

    private @Nullable String nameKnown(Node node) {
        lock.lock();
        try {
            for (Map.Entry<String, Node> entry : nodes.entrySet()) {
                if (entry.getValue() == node) {
                    return entry.getKey();
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** What the present server calls those that another one named, by that name. */
    Map<String, String> renamed() {
        return addresses;
    }

    /** Throws if this is a temporary destination of the connection's that was deleted. */
    void checkExists(WaybillDestination destination) throws JMSException {
        if (destination.kind().isTemporary() && deleted.containsKey(destination.address())) {
            throw new InvalidDestinationException(
                    "the " + destination.kind().capability() + " '" + destination + "' was deleted", "deleted");
        }
    }

    /** Throws if this is a temporary destination that was deleted, or another connection's (JMS 6.2.2). */
    void checkMayConsume(WaybillDestination destination) throws JMSException {
        checkExists(destination);
        TemporaryNode node = destination instanceof WaybillTemporaryQueue queue
                ? queue.node()
                : destination instanceof WaybillTemporaryTopic topic ? topic.node() : null;
        if (node != null && node.owner() != connection) {
            throw new InvalidDestinationException(
                    "the " + destination.kind().capability() + " '" + destination
                            + "' belongs to another connection, which alone may consume from it",
                    "not-ours");
        }
    }

    /** Makes them again on another connection. */
    void restore(ClientConnection fresh) {
        lock.lock();
        try {
            session = null;
            for (Map.Entry<String, Node> entry : nodes.entrySet()) {
                Node node = entry.getValue();
                node.link = open(fresh).sender(SenderOptions.dynamic(node.kind.capability()));
                addresses.put(entry.getKey(), nameOf(node));
            }
        } finally {
            lock.unlock();
        }
    }
}
