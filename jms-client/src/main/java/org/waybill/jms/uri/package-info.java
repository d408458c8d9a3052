/**
 * Connection URIs and their options: text in, immutable settings for {@code jms.session}, {@code jms.failover} and {@code jms.engine}
 * out. What can be said is listed in one table for each kind of option; names and meanings are those of Qpid JMS wherever it has the
 * same, so that an application changes its class name and keeps its URI.
 *
 * <p>Whatever is wrong is an {@link java.lang.IllegalArgumentException} of one sentence that names the option, its value unless that is
 * a secret, and what would be right. Nothing here connects, logs or keeps state; any thread may call it. No secret is in any message
 * or {@code toString}.
 */
@NullMarked
package org.waybill.jms.uri;

import org.jspecify.annotations.NullMarked;
