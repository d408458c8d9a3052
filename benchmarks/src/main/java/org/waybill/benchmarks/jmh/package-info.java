/**
 * Micro-benchmarks of hot paths, each below one room of the broker: run by hand with {@code benchmarks/jmh}, never in a
 * test run.
 *
 * <p>They say whether a change to one class costs or saves; what a user feels is told by the whole-broker runs in the
 * parent package. A benchmark uses a module through its public contract only.
 */
@NullMarked
package org.waybill.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
