package org.waybill.ra;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Timer;
import java.util.concurrent.ConcurrentHashMap;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.WaybillConnectionFactory;

/**
 * What an application server starts: it holds where the broker is, and the activations of message-driven beans. Any thread, but for
 * the setters, which the server calls before it starts it.
 */
public final class WaybillResourceAdapter implements ResourceAdapter {
    private record Endpoint(MessageEndpointFactory factory, ActivationSpec spec) {}

    private final Map<Endpoint, Activation> activations = new ConcurrentHashMap<>();
    private volatile String url = WaybillConnectionFactory.DEFAULT_URI;
    private volatile @Nullable String user;
    private volatile @Nullable String password;
    private volatile @Nullable BootstrapContext server;
    private volatile @Nullable Timer timer;

    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        try {
            timer = context.createTimer();
        } catch (UnavailableException e) {
            throw new ResourceAdapterInternalException("the application server has no timer to reconnect by", e);
        }
        server = context;
    }

    @Override
    public void stop() {
        activations.values().forEach(Activation::stop);
        activations.clear();
        Timer stopped = timer;
        if (stopped != null) {
            stopped.cancel();
        }
    }

    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws ResourceException {
        BootstrapContext context = server;
        Timer clock = timer;
        if (context == null || clock == null) {
            throw new ResourceAdapterInternalException("the resource adapter is not started");
        }
        WaybillActivationSpec ours = ours(spec);
        ours.validate();
        Activation activation = new Activation(ours, ours.target(this), factory, context.getWorkManager(), clock);
        activations.put(new Endpoint(factory, spec), activation);
        activation.start();
    }

    private static WaybillActivationSpec ours(ActivationSpec spec) throws InvalidPropertyException {
        if (spec instanceof WaybillActivationSpec ours) {
            return ours;
        }
        throw new InvalidPropertyException(
                "not an activation of this resource adapter: " + spec.getClass().getName());
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        Activation activation = activations.remove(new Endpoint(factory, spec));
        if (activation != null) {
            activation.stop();
        }
    }

    /** The brokers that these activations receive from, each once, for the server to find branches in doubt there. None is asked yet. */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) throws ResourceException {
        List<Target> targets = new ArrayList<>();
        for (ActivationSpec spec : specs) {
            Target target = ours(spec).target(this);
            if (!targets.contains(target)) {
                targets.add(target);
            }
        }
        return targets.stream().map(RecoveryResource::new).toArray(XAResource[]::new);
    }

    // --- configuration

    /** Where the broker is: a connection URI with its options. */
    public String getUrl() {
        return url;
    }

    /** Sets the connection URI. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** Who logs in where nobody else is named, or null. */
    public @Nullable String getUser() {
        return user;
    }

    /** Sets who logs in where nobody else is named. */
    public void setUser(@Nullable String user) {
        this.user = user;
    }

    /** That user's password, or null. */
    public @Nullable String getPassword() {
        return password;
    }

    /** Sets that user's password. */
    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WaybillResourceAdapter adapter
                && url.equals(adapter.url)
                && Objects.equals(user, adapter.user)
                && Objects.equals(password, adapter.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(url, user);
    }
}
