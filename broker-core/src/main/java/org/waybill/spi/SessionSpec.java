package org.waybill.spi;

import org.jspecify.annotations.Nullable;

/**
 * Who opens a session.
 *
 * @param containerId the client's own name for itself
 * @param user the authenticated user, or null for an anonymous one
 * @param remoteAddress where the client is, for logs
 */
public record SessionSpec(String containerId, @Nullable String user, String remoteAddress) {}
