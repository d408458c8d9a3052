package org.waybill.jms.jndi;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.spi.InitialContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the naming context of an application of what its environment says ({@code jndi.properties}, system properties, a hash table):
 *
 * <pre>{@code
 *  java.naming.factory.initial = org.waybill.jms.jndi.WaybillInitialContextFactory
 *  java.naming.provider.url    = a file of more properties, or the URI of the standard factories
 *  connectionfactory.NAME      = amqp://host:5672?jms.clientID=me
 *  property.connectionfactory.NAME.OPTION = value    an option of that factory, with or without its "jms."
 *  default.connectionfactory.OPTION       = value    an option of every factory
 *  queue.NAME                  = the queue's name
 *  topic.NAME                  = the topic's name
 * }</pre>
 *
 * <p>{@code dynamicQueues/NAME} and {@code dynamicTopics/NAME} are there for every name. Without any {@code connectionfactory.NAME} there
 * are {@code ConnectionFactory}, {@code QueueConnectionFactory} and {@code TopicConnectionFactory}. In values {@code ${name}} and {@code
 * ${name:-otherwise}} stand for a system property, a variable of the process's environment, or another property.
 */
public final class WaybillInitialContextFactory implements InitialContextFactory {
    /** For the naming service, which makes one by its name. */
    public WaybillInitialContextFactory() {}

    @Override
    public Context getInitialContext(@Nullable Hashtable<?, ?> environment) throws NamingException {
        Map<String, String> properties = new TreeMap<>();
        if (environment != null) {
            environment.forEach((key, value) -> properties.put(key.toString(), value.toString()));
        }
        String location = properties.getOrDefault(Context.PROVIDER_URL, System.getProperty(Context.PROVIDER_URL));
        String uri = null;
        if (location != null && !location.isBlank()) {
            String expanded = new Expansion(properties).expand(location);
            if (isConnectionUri(expanded)) {
                uri = expanded;
            } else {
                load(expanded).forEach((key, value) -> properties.put(key.toString(), value.toString()));
            }
        }
        return new PropertiesContext(Bindings.of(properties, uri), environment);
    }

    private static boolean isConnectionUri(String location) {
        return location.toLowerCase(Locale.ROOT).matches("(?s)(amqp|amqps|amqpws|amqpwss)://.*|failover:.*");
    }

    private static Properties load(String location) throws NamingException {
        Properties properties = new Properties();
        try (InputStream in = open(location)) {
            properties.load(in);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            NamingException failed = new NamingException("java.naming.provider.url is '" + location
                    + "', which is neither a connection URI nor a file of properties that can be read: "
                    + e.getMessage());
            failed.setRootCause(e);
            throw failed;
        }
    }

    private static InputStream open(String location) throws IOException {
        try {
            return new URL(location).openStream();
        } catch (MalformedURLException e) {
            try {
                return Files.newInputStream(Path.of(location));
            } catch (InvalidPathException invalid) {
                throw new IOException(invalid);
            }
        }
    }
}
