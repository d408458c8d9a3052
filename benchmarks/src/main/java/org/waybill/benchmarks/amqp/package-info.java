/**
 * A lean AMQP 1.0 peer for load generation: codec, framing, one session a connection, links, one selector loop.
 *
 * <p>It is on purpose not the broker's own engine, so that a fault or a slowness of that engine cannot hide by being on
 * both sides, and so that every broker is driven by the same code. It speaks what the workloads need and nothing more:
 * SASL ANONYMOUS and PLAIN, one session on channel 0, pre-encoded messages, dispositions in ranges.
 *
 * <p>Everything in here is confined to the thread that turns the {@link org.waybill.benchmarks.amqp.EventLoop}. Callers
 * are the packages {@code load} and {@code relay} and the broker runner; it knows nothing of workloads and brokers.
 */
@NullMarked
package org.waybill.benchmarks.amqp;

import org.jspecify.annotations.NullMarked;
