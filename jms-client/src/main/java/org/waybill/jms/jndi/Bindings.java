package org.waybill.jms.jndi;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.destination.WaybillTopic;
import org.waybill.jms.uri.ConnectionUri;

/** What properties name: lookup names to connection factories, queues and topics. */
final class Bindings {
    private static final List<String> STANDARD_FACTORIES =
            List.of("ConnectionFactory", "QueueConnectionFactory", "TopicConnectionFactory");
    private static final String FACTORY = "connectionfactory.";
    private static final String XA_FACTORY = "xaconnectionfactory.";
    private static final String OF_ONE = "property.connectionfactory.";
    private static final String OF_ALL = "default.connectionfactory.";

    private final Map<String, String> properties;
    private final Expansion expansion;
    private final Map<String, Object> bindings = new TreeMap<>();

    private Bindings(Map<String, String> properties) {
        this.properties = properties;
        this.expansion = new Expansion(properties);
    }

    /**
     * Makes them.
     *
     * @param uri where factories connect to that do not say it, or null for the standard place
     */
    static Map<String, Object> of(Map<String, String> properties, @Nullable String uri) throws NamingException {
        Bindings made = new Bindings(properties);
        made.factories(uri == null ? WaybillConnectionFactory.DEFAULT_URI : uri);
        for (Map.Entry<String, String> entry : made.beginning("queue.").entrySet()) {
            made.bind(entry.getKey(), new WaybillQueue(entry.getValue()));
        }
        for (Map.Entry<String, String> entry : made.beginning("topic.").entrySet()) {
            made.bind(entry.getKey(), new WaybillTopic(entry.getValue()));
        }
        return made.bindings;
    }

    private void bind(String name, Object object) throws NamingException {
        if (bindings.put(name, object) != null) {
            throw new NamingException("the name '" + name + "' is given to two objects");
        }
    }

    /** The properties with this beginning, by the rest of their names, expanded. */
    private Map<String, String> beginning(String prefix) throws NamingException {
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<String, String> entry : properties.entrySet()) {
            String key = entry.getKey();
            if (key.toLowerCase(Locale.ROOT).startsWith(prefix) && key.length() > prefix.length()) {
                found.put(key.substring(prefix.length()), expansion.expand(entry.getValue()));
            }
        }
        return found;
    }

    private void factories(String standardUri) throws NamingException {
        Map<String, String> uris = beginning(FACTORY);
        Map<String, String> xaUris = beginning(XA_FACTORY);
        if (uris.isEmpty() && xaUris.isEmpty()) {
            STANDARD_FACTORIES.forEach(name -> uris.put(name, ""));
        }
        factories(FACTORY, uris, standardUri, WaybillConnectionFactory::new);
        factories(XA_FACTORY, xaUris, standardUri, WaybillXAConnectionFactory::new);
    }

    private void factories(
            String kind, Map<String, String> uris, String standardUri, Function<String, WaybillConnectionFactory> maker)
            throws NamingException {
        Map<String, String> common = beginning(OF_ALL);
        Map<String, String> own = beginning(OF_ONE);
        for (Map.Entry<String, String> entry : uris.entrySet()) {
            String name = entry.getKey();
            Map<String, String> options = new HashMap<>(common);
            own.forEach((key, value) -> {
                if (key.startsWith(name + ".")) {
                    options.put(key.substring(name.length() + 1), value);
                }
            });
            try {
                bind(name, factory(entry.getValue(), options, standardUri, maker));
            } catch (IllegalArgumentException e) {
                NamingException refused = new NamingException(kind + name + ": " + e.getMessage());
                refused.setRootCause(e);
                throw refused;
            }
        }
    }

    private static WaybillConnectionFactory factory(
            String uri,
            Map<String, String> given,
            String standardUri,
            Function<String, WaybillConnectionFactory> maker) {
        Map<String, String> options = new HashMap<>();
        List<String> known = ConnectionUri.optionNames();
        String place = uri.isBlank() ? standardUri : uri;
        for (Map.Entry<String, String> entry : given.entrySet()) {
            String name = entry.getKey();
            if (name.equals("remoteURI") || name.equals("uri")) {
                place = uri.isBlank() ? entry.getValue() : place;
            } else {
                options.put(known.contains("jms." + name) ? "jms." + name : name, entry.getValue());
            }
        }
        // Together, so that what does not fit together is seen at the lookup and not at the first connection.
        ConnectionUri.parse(place, options);
        WaybillConnectionFactory factory = maker.apply(place);
        factory.setOptions(options);
        return factory;
    }
}
