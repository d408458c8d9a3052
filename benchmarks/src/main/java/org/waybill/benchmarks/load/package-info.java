/**
 * The load generator: one process that drives one broker through one workload and prints one line of figures.
 *
 * <p>The raw driver ({@link org.waybill.benchmarks.load.Load}) is one thread and one selector for all producers and
 * consumers; producers send pre-encoded messages and settle by delivery id, consumers accept in ranges. The JMS driver
 * runs the same flow through Qpid JMS and shows what an application pays. Send times travel in the body; sender and
 * receiver are one process, so there is one clock.
 *
 * <p>Started by the broker runner in the parent package through {@link org.waybill.benchmarks.load.LoadMain}; it knows a
 * broker by its port and process id only.
 */
@NullMarked
package org.waybill.benchmarks.load;

import org.jspecify.annotations.NullMarked;
