package org.waybill.ra;

import jakarta.jms.Destination;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import java.beans.IntrospectionException;
import java.beans.PropertyDescriptor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * What a message-driven bean receives, and how: the properties of Jakarta Messaging 3.1, section 12.2, and those of this resource
 * adapter. Its setters are called before it is used, by one thread. What is wrong {@link #validate} says.
 */
public final class WaybillActivationSpec implements ActivationSpec, Serializable {
    private static final long serialVersionUID = 1;
    private static final int DEFAULT_MAX_SESSIONS = 10;
    private static final String DURABLE = "Durable";
    private static final String NON_DURABLE = "NonDurable";
    private static final String AUTO_ACKNOWLEDGE = "Auto-acknowledge";
    private static final String DUPS_OK_ACKNOWLEDGE = "Dups-ok-acknowledge";

    private transient @Nullable ResourceAdapter resourceAdapter;
    private @Nullable String destination;
    private @Nullable String destinationLookup;
    private @Nullable String destinationType;
    private @Nullable String messageSelector;
    private String acknowledgeMode = AUTO_ACKNOWLEDGE;
    private String subscriptionDurability = NON_DURABLE;
    private @Nullable String subscriptionName;
    private boolean subscriptionShared;
    private @Nullable String clientId;
    private @Nullable String connectionFactoryLookup;
    private @Nullable String url;
    private @Nullable String user;
    private @Nullable String password;
    private int maxSessions = DEFAULT_MAX_SESSIONS;

    // --- what it amounts to

    @Override
    public void validate() throws InvalidPropertyException {
        List<String> wrong = new ArrayList<>();
        List<String> why = new ArrayList<>();
        check(
                isSet(destination) || isSet(destinationLookup),
                "destination",
                "names nothing to receive from",
                wrong,
                why);
        check(
                isSet(destinationLookup) || isQueue() || isTopic(),
                "destinationType",
                "is " + Queue.class.getName() + " or " + Topic.class.getName() + ", not " + destinationType,
                wrong,
                why);
        check(
                acknowledgeMode.equals(AUTO_ACKNOWLEDGE) || acknowledgeMode.equals(DUPS_OK_ACKNOWLEDGE),
                "acknowledgeMode",
                "is " + AUTO_ACKNOWLEDGE + " or " + DUPS_OK_ACKNOWLEDGE + ", not " + acknowledgeMode,
                wrong,
                why);
        check(
                isDurable() || subscriptionDurability.equals(NON_DURABLE),
                "subscriptionDurability",
                "is " + DURABLE + " or " + NON_DURABLE + ", not " + subscriptionDurability,
                wrong,
                why);
        boolean named = isDurable() || subscriptionShared;
        check(!named || !isQueue(), "destinationType", "is a queue, which has no subscriptions", wrong, why);
        check(!named || isSet(subscriptionName), "subscriptionName", "is missing", wrong, why);
        check(
                !isDurable() || subscriptionShared || isSet(clientId),
                "clientId",
                "is missing: a durable subscription belongs to one, unless it is shared",
                wrong,
                why);
        check(maxSessions > 0, "maxSessions", "is at least 1, not " + maxSessions, wrong, why);
        if (!wrong.isEmpty()) {
            throw invalid(wrong, String.join("; ", why));
        }
    }

    private static void check(boolean right, String property, String reason, List<String> wrong, List<String> why) {
        if (!right) {
            wrong.add(property);
            why.add(property + " " + reason);
        }
    }

    private static InvalidPropertyException invalid(List<String> properties, String why) {
        InvalidPropertyException invalid = new InvalidPropertyException(why);
        try {
            PropertyDescriptor[] descriptors = new PropertyDescriptor[properties.size()];
            for (int index = 0; index < descriptors.length; index++) {
                descriptors[index] = new PropertyDescriptor(properties.get(index), WaybillActivationSpec.class);
            }
            invalid.setInvalidPropertyDescriptors(descriptors);
        } catch (IntrospectionException e) {
            invalid.addSuppressed(e);
        }
        return invalid;
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    private boolean isQueue() {
        return Queue.class.getName().equals(destinationType);
    }

    private boolean isTopic() {
        return Topic.class.getName().equals(destinationType);
    }

    boolean isDurable() {
        return subscriptionDurability.equals(DURABLE);
    }

    /** How sessions acknowledge that are not in a transaction. */
    int sessionMode() {
        return acknowledgeMode.equals(DUPS_OK_ACKNOWLEDGE) ? Session.DUPS_OK_ACKNOWLEDGE : Session.AUTO_ACKNOWLEDGE;
    }

    /** Where the broker is: what this says itself, else the factory that it names, else what the resource adapter says. */
    Target target(WaybillResourceAdapter adapter) throws ResourceException {
        String own = url;
        if (own == null && connectionFactoryLookup != null) {
            Object found = lookup(connectionFactoryLookup);
            if (!(found instanceof ManagedFactory factory)) {
                throw new InvalidPropertyException("connectionFactoryLookup: " + connectionFactoryLookup
                        + " is no connection factory of this resource adapter, but a "
                        + found.getClass().getName());
            }
            Target there = factory.target();
            return user == null ? there : new Target(there.url(), user, password);
        }
        return user == null
                ? new Target(own == null ? adapter.getUrl() : own, adapter.getUser(), adapter.getPassword())
                : new Target(own == null ? adapter.getUrl() : own, user, password);
    }

    /** What to receive from. */
    Destination from() throws ResourceException {
        String looked = destinationLookup;
        if (looked != null && !looked.isBlank()) {
            if (lookup(looked) instanceof Destination found) {
                return found;
            }
            throw new InvalidPropertyException("destinationLookup: " + looked + " is no destination");
        }
        String name = String.valueOf(destination);
        return isTopic()
                ? new org.waybill.jms.destination.WaybillTopic(name)
                : new org.waybill.jms.destination.WaybillQueue(name);
    }

    // The name is the deployer's own.
    @SuppressWarnings("BanJNDI")
    private static Object lookup(String name) throws ResourceException {
        try {
            return new InitialContext().lookup(name);
        } catch (NamingException e) {
            throw new InvalidPropertyException("there is nothing to look up as " + name, e);
        }
    }

    // --- properties

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(@Nullable ResourceAdapter adapter) {
        resourceAdapter = adapter;
    }

    /** The name of the queue or topic. */
    public @Nullable String getDestination() {
        return destination;
    }

    /** Sets the name of the queue or topic. */
    public void setDestination(@Nullable String destination) {
        this.destination = destination;
    }

    /** The JNDI name of the queue or topic, instead of a name. */
    public @Nullable String getDestinationLookup() {
        return destinationLookup;
    }

    /** Sets the JNDI name of the queue or topic, instead of a name. */
    public void setDestinationLookup(@Nullable String destinationLookup) {
        this.destinationLookup = destinationLookup;
    }

    /** {@code jakarta.jms.Queue} or {@code jakarta.jms.Topic}. */
    public @Nullable String getDestinationType() {
        return destinationType;
    }

    /** Sets {@code jakarta.jms.Queue} or {@code jakarta.jms.Topic}. */
    public void setDestinationType(@Nullable String destinationType) {
        this.destinationType = destinationType;
    }

    /** Which messages it is about; null for all. */
    public @Nullable String getMessageSelector() {
        return messageSelector;
    }

    /** Sets which messages it is about; null for all. */
    public void setMessageSelector(@Nullable String messageSelector) {
        this.messageSelector = messageSelector;
    }

    /** {@code Auto-acknowledge} or {@code Dups-ok-acknowledge}, for beans without transactions. */
    public String getAcknowledgeMode() {
        return acknowledgeMode;
    }

    /** Sets {@code Auto-acknowledge} or {@code Dups-ok-acknowledge}, for beans without transactions. */
    public void setAcknowledgeMode(String acknowledgeMode) {
        this.acknowledgeMode = acknowledgeMode;
    }

    /** {@code Durable} or {@code NonDurable}. */
    public String getSubscriptionDurability() {
        return subscriptionDurability;
    }

    /** Sets {@code Durable} or {@code NonDurable}. */
    public void setSubscriptionDurability(String subscriptionDurability) {
        this.subscriptionDurability = subscriptionDurability;
    }

    /** The name of a durable or shared subscription. */
    public @Nullable String getSubscriptionName() {
        return subscriptionName;
    }

    /** Sets the name of a durable or shared subscription. */
    public void setSubscriptionName(@Nullable String subscriptionName) {
        this.subscriptionName = subscriptionName;
    }

    /** Whether other consumers may share the subscription, such as those on other servers. */
    public boolean isSubscriptionShared() {
        return subscriptionShared;
    }

    /** Sets whether other consumers may share the subscription, such as those on other servers. */
    public void setSubscriptionShared(boolean subscriptionShared) {
        this.subscriptionShared = subscriptionShared;
    }

    /** The client identifier of the connection. */
    public @Nullable String getClientId() {
        return clientId;
    }

    /** Sets the client identifier of the connection. */
    public void setClientId(@Nullable String clientId) {
        this.clientId = clientId;
    }

    /** The JNDI name of a connection factory of this resource adapter, whose broker is meant. */
    public @Nullable String getConnectionFactoryLookup() {
        return connectionFactoryLookup;
    }

    /** Sets the JNDI name of a connection factory of this resource adapter, whose broker is meant. */
    public void setConnectionFactoryLookup(@Nullable String connectionFactoryLookup) {
        this.connectionFactoryLookup = connectionFactoryLookup;
    }

    /** The connection URI, instead of the resource adapter's. */
    public @Nullable String getUrl() {
        return url;
    }

    /** Sets the connection URI, instead of the resource adapter's. */
    public void setUrl(@Nullable String url) {
        this.url = url;
    }

    /** Who logs in, instead of whom the resource adapter names. */
    public @Nullable String getUser() {
        return user;
    }

    /** Sets who logs in, instead of whom the resource adapter names. */
    public void setUser(@Nullable String user) {
        this.user = user;
    }

    /** That user's password. */
    public @Nullable String getPassword() {
        return password;
    }

    /** Sets that user's password. */
    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    /** How many messages the bean may have at a time. */
    public int getMaxSessions() {
        return maxSessions;
    }

    /** Sets how many messages the bean may have at a time. */
    public void setMaxSessions(int maxSessions) {
        this.maxSessions = maxSessions;
    }
}
