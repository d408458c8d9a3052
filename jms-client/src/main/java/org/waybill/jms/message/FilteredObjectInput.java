package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a serialised object as a policy allows (JEP 290). Classes are looked for where the application's thread says, then where
 * this client is.
 */
final class FilteredObjectInput extends ObjectInputStream {
    private final @Nullable DeserializationPolicy policy;
    private @Nullable String refusal;

    private FilteredObjectInput(InputStream in, @Nullable DeserializationPolicy policy) throws IOException {
        super(in);
        this.policy = policy;
        setObjectInputFilter(ObjectInputFilter.merge(this::check, ObjectInputFilter.Config.getSerialFilter()));
    }

    /**
     * The object whose serial form this is.
     *
     * @param policy what may be read, or null for anything
     * @throws MessageFormatException if it may not be read, or cannot
     */
    static @Nullable Serializable read(ByteBuffer data, @Nullable DeserializationPolicy policy) throws JMSException {
        InputStream bytes =
                new ByteArrayInputStream(data.array(), data.arrayOffset() + data.position(), data.remaining());
        String refusal = null;
        try {
            FilteredObjectInput in = new FilteredObjectInput(bytes, policy);
            try (in) {
                return (Serializable) in.readObject();
            } finally {
                refusal = in.refusal;
            }
        } catch (IOException | ClassNotFoundException | RuntimeException | StackOverflowError e) {
            MessageFormatException failure = new MessageFormatException(
                    refusal != null ? refusal : "the object of the message cannot be deserialised: " + e);
            if (e instanceof Exception cause) {
                failure.setLinkedException(cause);
            }
            failure.initCause(e);
            throw failure;
        }
    }

    private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
        if (policy == null) {
            return ObjectInputFilter.Status.UNDECIDED;
        }
        Class<?> type = info.serialClass();
        if (type != null && !Proxy.isProxyClass(type) && !policy.allows(type)) {
            return refuse("the class " + type.getName()
                    + " may not be deserialised; name it or its package in the option"
                    + " jms.deserializationPolicy.allowList if its senders are trusted");
        }
        if (info.depth() > policy.maxDepth()) {
            return refuse(tooMuch("is nested deeper than", "maxDepth", policy.maxDepth()));
        }
        if (info.arrayLength() > policy.maxArrayLength()) {
            return refuse(tooMuch("has an array longer than", "maxArrayLength", policy.maxArrayLength()));
        }
        if (info.references() > policy.maxReferences()) {
            return refuse(tooMuch("consists of more objects than", "maxReferences", policy.maxReferences()));
        }
        return ObjectInputFilter.Status.UNDECIDED;
    }

    private static String tooMuch(String what, String option, int max) {
        return "the object of the message " + what + " the option jms.deserializationPolicy." + option + " allows: "
                + max;
    }

    private ObjectInputFilter.Status refuse(String reason) {
        refusal = reason;
        return ObjectInputFilter.Status.REJECTED;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null) {
            try {
                return Class.forName(description.getName(), false, context);
            } catch (ClassNotFoundException e) {
                // A primitive's class, or one that only this client's loader knows.
                return super.resolveClass(description);
            }
        }
        return super.resolveClass(description);
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException, ClassNotFoundException {
        if (policy != null) {
            for (String name : interfaces) {
                Class<?> type =
                        Class.forName(name, false, Thread.currentThread().getContextClassLoader());
                if (!policy.allows(type)) {
                    refuse("the interface " + name
                            + " of a proxy may not be deserialised; name it or its package in the option"
                            + " jms.deserializationPolicy.allowList if its senders are trusted");
                    throw new ClassNotFoundException(name);
                }
            }
        }
        return super.resolveProxyClass(interfaces);
    }
}
