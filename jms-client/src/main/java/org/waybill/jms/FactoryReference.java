package org.waybill.jms;

import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.uri.ConnectionUri;

/**
 * Makes a connection factory of a reference in a naming service: one that a factory gave ({@link WaybillConnectionFactory#getReference}),
 * or one that an administrator wrote ({@code <Resource>} of Tomcat). Its addresses are {@code uri} and options, by their full names or
 * without {@code jms.}; those that belong to the container are passed over.
 */
public final class FactoryReference implements ObjectFactory {
    static final String URI = "uri";

    private static final Set<String> OF_THE_CONTAINER = Set.of(
            "auth", "scope", "singleton", "description", "factory", "closeMethod", "forceString", "type", "name");

    /** For naming services, which make one by its name. */
    public FactoryReference() {}

    @Override
    public @Nullable Object getObjectInstance(
            Object object, @Nullable Name name, @Nullable Context context, @Nullable Hashtable<?, ?> environment)
            throws NamingException {
        if (!(object instanceof Reference reference)) {
            return null;
        }
        WaybillConnectionFactory factory = factory(reference.getClassName());
        if (factory == null) {
            return null;
        }
        List<String> known = ConnectionUri.optionNames();
        try {
            for (RefAddr address : Collections.list(reference.getAll())) {
                String value = address.getContent() instanceof String text ? text : "";
                String type = address.getType();
                if (type.equals(URI) || type.equals("remoteURI")) {
                    factory.setUri(value);
                } else if (!OF_THE_CONTAINER.contains(type)) {
                    factory.setOption(known.contains("jms." + type) ? "jms." + type : type, value);
                }
            }
        } catch (IllegalArgumentException e) {
            NamingException refused = new NamingException("cannot make a connection factory: " + e.getMessage());
            refused.setRootCause(e);
            throw refused;
        }
        return factory;
    }

    private static @Nullable WaybillConnectionFactory factory(String className) {
        if (className.equals(WaybillConnectionFactory.class.getName())) {
            return new WaybillConnectionFactory();
        }
        return className.equals(WaybillXAConnectionFactory.class.getName()) ? new WaybillXAConnectionFactory() : null;
    }
}
