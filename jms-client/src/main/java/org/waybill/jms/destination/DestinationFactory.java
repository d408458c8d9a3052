package org.waybill.jms.destination;

import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes destinations from JNDI references, which say all there is to know: the kind ({@code queue}, {@code topic}, {@code
 * temporary-queue}, {@code temporary-topic}) and the address.
 */
public final class DestinationFactory implements ObjectFactory {
    /** For JNDI, which makes it by name. */
    public DestinationFactory() {}

    @Override
    public @Nullable Object getObjectInstance(
            Object reference, @Nullable Name name, @Nullable Context context, @Nullable Hashtable<?, ?> environment)
            throws NamingException {
        if (!(reference instanceof Reference stored)
                || !DestinationFactory.class.getName().equals(stored.getFactoryClassName())) {
            return null;
        }
        String kind = content(stored, WaybillDestination.KIND);
        String address = content(stored, WaybillDestination.ADDRESS);
        for (DestinationKind candidate : DestinationKind.values()) {
            if (candidate.capability().equals(kind)) {
                return WaybillDestination.of(candidate, address);
            }
        }
        throw new NamingException("a reference to a destination of the unknown kind " + kind);
    }

    private static String content(Reference reference, String type) throws NamingException {
        RefAddr address = reference.get(type);
        if (address == null || !(address.getContent() instanceof String content) || content.isEmpty()) {
            throw new NamingException("a reference to a destination that does not say its " + type);
        }
        return content;
    }
}
