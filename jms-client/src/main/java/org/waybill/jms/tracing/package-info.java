/**
 * The context of a trace, carried in messages: what runs when a message is sent is the parent of what runs when it is listened to,
 * though that is another process. The fields are those of OpenTelemetry's propagators, {@code traceparent} and {@code tracestate}
 * of the W3C as a rule, each a message annotation of its name.
 *
 * <p>OpenTelemetry's API is optional: without it on the class path, or as long as no application has set an instance, nothing is
 * done. Called on the application's threads, neither blocks nor throws. This package knows neither messages nor sessions.
 */
@NullMarked
package org.waybill.jms.tracing;

import org.jspecify.annotations.NullMarked;
