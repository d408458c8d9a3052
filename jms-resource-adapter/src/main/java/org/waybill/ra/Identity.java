package org.waybill.ra;

import jakarta.resource.spi.ConnectionRequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * As whom a connection is wanted: what makes one of the pool fit.
 *
 * @param user null for whom the factory names
 * @param password null for what the factory says
 */
record Identity(@Nullable String user, @Nullable String password) implements ConnectionRequestInfo {
    static final Identity DEFAULT = new Identity(null, null);

    /** The user alone. */
    @Override
    public String toString() {
        return "Identity[" + user + "]";
    }
}
