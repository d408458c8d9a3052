package org.waybill.jms.jndi;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.naming.Binding;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.InvalidNameException;
import javax.naming.Name;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NameParser;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.NotContextException;
import javax.naming.OperationNotSupportedException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.destination.WaybillTopic;

/** A naming context that only answers: names with slashes lead through contexts within it. Any thread may use it. */
final class PropertiesContext implements Context {
    private static final String DYNAMIC_QUEUES = "dynamicQueues/";
    private static final String DYNAMIC_TOPICS = "dynamicTopics/";
    private static final NameParser PARSER = CompositeName::new;

    private final Map<String, Object> bindings;
    private final Map<Object, Object> environment = new ConcurrentHashMap<>();
    private final String place;

    /**
     * The context of these objects.
     *
     * @param bindings objects by their whole names
     */
    PropertiesContext(Map<String, Object> bindings, @Nullable Map<?, ?> environment) {
        this(bindings, environment, "");
    }

    private PropertiesContext(Map<String, Object> bindings, @Nullable Map<?, ?> environment, String place) {
        this.bindings = Map.copyOf(bindings);
        this.place = place;
        if (environment != null) {
            this.environment.putAll(environment);
        }
    }

    // --- answers

    @Override
    public Object lookup(String name) throws NamingException {
        return find(name);
    }

    private Object find(String name) throws NamingException {
        String whole = place + name;
        Object bound = bindings.get(whole);
        if (bound != null) {
            return bound;
        }
        if (whole.startsWith(DYNAMIC_QUEUES) && whole.length() > DYNAMIC_QUEUES.length()) {
            return new WaybillQueue(whole.substring(DYNAMIC_QUEUES.length()));
        }
        if (whole.startsWith(DYNAMIC_TOPICS) && whole.length() > DYNAMIC_TOPICS.length()) {
            return new WaybillTopic(whole.substring(DYNAMIC_TOPICS.length()));
        }
        String within = whole.isEmpty() || whole.endsWith("/") ? whole : whole + "/";
        if (isContext(within)) {
            return new PropertiesContext(bindings, environment, within);
        }
        throw new NameNotFoundException("there is no '" + whole + "': properties name " + bindings.keySet()
                + ", and there are dynamicQueues/NAME and dynamicTopics/NAME");
    }

    private boolean isContext(String within) {
        return within.isEmpty()
                || within.equals(DYNAMIC_QUEUES)
                || within.equals(DYNAMIC_TOPICS)
                || bindings.keySet().stream().anyMatch(name -> name.startsWith(within));
    }

    @Override
    public Object lookup(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public Object lookupLink(String name) throws NamingException {
        return find(name);
    }

    @Override
    public Object lookupLink(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public NamingEnumeration<NameClassPair> list(String name) throws NamingException {
        return entries(
                name,
                entry -> new NameClassPair(
                        entry.getKey(), entry.getValue().getClass().getName()));
    }

    @Override
    public NamingEnumeration<NameClassPair> list(Name name) throws NamingException {
        return entries(name.toString(), PropertiesContext::pair);
    }

    @Override
    public NamingEnumeration<Binding> listBindings(String name) throws NamingException {
        return entries(name, PropertiesContext::binding);
    }

    @Override
    public NamingEnumeration<Binding> listBindings(Name name) throws NamingException {
        return entries(name.toString(), PropertiesContext::binding);
    }

    private static NameClassPair pair(Map.Entry<String, Object> entry) {
        return new NameClassPair(entry.getKey(), entry.getValue().getClass().getName());
    }

    private static Binding binding(Map.Entry<String, Object> entry) {
        return new Binding(entry.getKey(), entry.getValue());
    }

    private <T> NamingEnumeration<T> entries(String name, Function<Map.Entry<String, Object>, T> form)
            throws NamingException {
        if (!(find(name) instanceof PropertiesContext within)) {
            throw new NotContextException("'" + place + name + "' is an object and no context");
        }
        Map<String, Object> entries = new TreeMap<>();
        for (Map.Entry<String, Object> entry : bindings.entrySet()) {
            if (entry.getKey().startsWith(within.place)) {
                String rest = entry.getKey().substring(within.place.length());
                int slash = rest.indexOf('/');
                if (slash < 0) {
                    entries.put(rest, entry.getValue());
                } else {
                    String part = rest.substring(0, slash);
                    entries.putIfAbsent(part, new PropertiesContext(bindings, environment, within.place + part + "/"));
                }
            }
        }
        List<T> formed = new ArrayList<>();
        entries.entrySet().forEach(entry -> formed.add(form.apply(entry)));
        return new Entries<>(formed.iterator());
    }

    @Override
    public NameParser getNameParser(String name) {
        return PARSER;
    }

    @Override
    public NameParser getNameParser(Name name) {
        return PARSER;
    }

    @Override
    public String composeName(String name, String prefix) {
        return prefix.isEmpty() ? name : name.isEmpty() ? prefix : prefix + "/" + name;
    }

    @Override
    public Name composeName(Name name, Name prefix) throws InvalidNameException {
        return ((Name) prefix.clone()).addAll(name);
    }

    @Override
    public String getNameInNamespace() {
        return place;
    }

    @Override
    public @Nullable Object addToEnvironment(String name, Object value) {
        return environment.put(name, value);
    }

    @Override
    public @Nullable Object removeFromEnvironment(String name) {
        return environment.remove(name);
    }

    @Override
    public Hashtable<?, ?> getEnvironment() {
        return new Hashtable<>(environment);
    }

    @Override
    public void close() {}

    // --- changes, of which there are none

    private static OperationNotSupportedException unchangeable() {
        return new OperationNotSupportedException(
                "this naming context is what properties say, and changes only with them");
    }

    @Override
    public void bind(String name, Object object) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void bind(Name name, Object object) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void rebind(String name, Object object) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void rebind(Name name, Object object) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void unbind(String name) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void unbind(Name name) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void rename(String oldName, String newName) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void rename(Name oldName, Name newName) throws NamingException {
        throw unchangeable();
    }

    @Override
    public Context createSubcontext(String name) throws NamingException {
        throw unchangeable();
    }

    @Override
    public Context createSubcontext(Name name) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void destroySubcontext(String name) throws NamingException {
        throw unchangeable();
    }

    @Override
    public void destroySubcontext(Name name) throws NamingException {
        throw unchangeable();
    }

    /** Entries one after the other. */
    private record Entries<T>(Iterator<T> rest) implements NamingEnumeration<T> {
        @Override
        public T next() {
            return rest.next();
        }

        @Override
        public boolean hasMore() {
            return rest.hasNext();
        }

        @Override
        public T nextElement() {
            return rest.next();
        }

        @Override
        public boolean hasMoreElements() {
            return rest.hasNext();
        }

        @Override
        public void close() {}
    }
}
