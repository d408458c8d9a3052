/**
 * Distributed transactions against the distribution: the specification as a Python program drives it, and {@code XAResource}'s state
 * machine as our client has it, with brokers that are killed while branches are in doubt.
 */
@NullMarked
package org.waybill.systemtests.xa;

import org.jspecify.annotations.NullMarked;
