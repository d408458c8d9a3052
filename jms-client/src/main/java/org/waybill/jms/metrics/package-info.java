/**
 * What a connection and its sessions count: messages, bytes, acknowledgements, reconnects; to be asked in the program, and by JMX
 * if the option {@code jms.jmx} says so.
 *
 * <p>Counting is an addition or two a message and never waits; any thread counts and asks. This package knows neither connections nor
 * messages.
 */
@NullMarked
package org.waybill.jms.metrics;

import org.jspecify.annotations.NullMarked;
