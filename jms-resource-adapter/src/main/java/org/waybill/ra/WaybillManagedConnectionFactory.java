package org.waybill.ra;

import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.CommException;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.IllegalStateException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import jakarta.resource.spi.SecurityException;
import jakarta.resource.spi.ValidatingManagedConnectionFactory;
import jakarta.resource.spi.security.PasswordCredential;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's pool has its connections from. Any thread, but for the setters, which the server calls first.
 *
 * <p>A connection is that of whom the server names (its {@link Subject}), else of whom the application names, else of this factory's
 * own user, else of the resource adapter's.
 */
public final class WaybillManagedConnectionFactory
        implements ManagedConnectionFactory, ResourceAdapterAssociation, ValidatingManagedConnectionFactory {
    private static final long serialVersionUID = 1;

    private transient volatile @Nullable WaybillResourceAdapter adapter;
    private transient volatile @Nullable PrintWriter logWriter;
    private volatile @Nullable String url;
    private volatile @Nullable String user;
    private volatile @Nullable String password;

    @Override
    public Object createConnectionFactory(ConnectionManager pool) {
        return new ManagedFactory(this, pool);
    }

    /** A factory without a server: each session is a connection of its own. */
    @Override
    public Object createConnectionFactory() {
        return createConnectionFactory(new UnpooledConnections());
    }

    @Override
    public ManagedConnection createManagedConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo wanted)
            throws ResourceException {
        Identity identity = identity(subject, wanted);
        Target target = target(identity);
        try {
            return new ManagedSession(target.factory().createXAConnection(), identity, this);
        } catch (JMSSecurityException e) {
            throw new SecurityException(e.getMessage(), e);
        } catch (JMSException | IllegalArgumentException e) {
            throw new CommException(e.getMessage(), e);
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as the API has it
    public @Nullable ManagedConnection matchManagedConnections(
            Set pooled, @Nullable Subject subject, @Nullable ConnectionRequestInfo wanted) throws ResourceException {
        Identity identity = identity(subject, wanted);
        for (Object candidate : pooled) {
            if (candidate instanceof ManagedSession session && session.fits(this, identity)) {
                return session;
            }
        }
        return null;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the API has it
    public Set<Object> getInvalidConnections(Set connections) {
        Set<Object> invalid = new HashSet<>();
        for (Object candidate : connections) {
            if (candidate instanceof ManagedSession session && session.isBroken()) {
                invalid.add(session);
            }
        }
        return invalid;
    }

    private Identity identity(@Nullable Subject subject, @Nullable ConnectionRequestInfo wanted)
            throws SecurityException {
        if (subject == null) {
            return wanted instanceof Identity identity ? identity : Identity.DEFAULT;
        }
        for (PasswordCredential credential : subject.getPrivateCredentials(PasswordCredential.class)) {
            if (equals(credential.getManagedConnectionFactory())) {
                return new Identity(credential.getUserName(), new String(credential.getPassword()));
            }
        }
        throw new SecurityException("the application server names nobody with a password for this connection factory");
    }

    /** Where it leads, as nobody in particular. */
    Target target() {
        return target(Identity.DEFAULT);
    }

    private Target target(Identity identity) {
        WaybillResourceAdapter of = adapter;
        String where =
                url != null ? url : of != null ? of.getUrl() : org.waybill.jms.WaybillConnectionFactory.DEFAULT_URI;
        if (identity.user() != null) {
            return new Target(where, identity.user(), identity.password());
        }
        if (user != null || of == null) {
            return new Target(where, user, password);
        }
        return new Target(where, of.getUser(), of.getPassword());
    }

    // --- configuration

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter of) throws ResourceException {
        if (adapter != null || !(of instanceof WaybillResourceAdapter ours)) {
            throw new IllegalStateException("a connection factory belongs to one resource adapter, which is Waybill's");
        }
        adapter = ours;
    }

    /** Where the broker is; null for where the resource adapter's is. */
    public @Nullable String getUrl() {
        return url;
    }

    /** Sets the connection URI. */
    public void setUrl(@Nullable String url) {
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
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WaybillManagedConnectionFactory factory
                && Objects.equals(url, factory.url)
                && Objects.equals(user, factory.user)
                && Objects.equals(password, factory.password)
                && Objects.equals(adapter, factory.adapter);
    }

    @Override
    public int hashCode() {
        return Objects.hash(url, user);
    }
}
