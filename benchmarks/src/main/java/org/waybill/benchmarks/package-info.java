/**
 * Whole-broker runs: starts Waybill, Artemis or the relay as processes of their own on loopback, drives each with the
 * same load generator in interleaved rounds, and prints medians, ranges and ratios.
 *
 * <p>{@link org.waybill.benchmarks.BrokerComparison} is the command line. A broker is added by implementing
 * {@link org.waybill.benchmarks.Broker}; a workload is a line in {@link org.waybill.benchmarks.Workload}. Everything in
 * here runs on the main thread and may block.
 *
 * <p>Never part of a test run: figures depend on the machine and are only compared within one run. How to run and how to
 * read the figures is in {@code docs/benchmarks.md}.
 */
@NullMarked
package org.waybill.benchmarks;

import org.jspecify.annotations.NullMarked;
