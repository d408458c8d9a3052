/**
 * The command line: one class for each command of {@code bin/waybill}, and what starts a broker in a process of its own.
 *
 * <p>{@code start} runs the broker in the foreground. {@code stop}, {@code status}, {@code user} and {@code journal} work on a
 * data directory, {@code send}, {@code receive} and {@code queue} are AMQP clients of a running broker. Each command runs on the
 * main thread and ends with an {@link org.waybill.cli.ExitCode}; whatever a user can cause is one sentence on standard error.
 *
 * <p>Nothing here is called by other modules.
 */
@NullMarked
package org.waybill.cli;

import org.jspecify.annotations.NullMarked;
