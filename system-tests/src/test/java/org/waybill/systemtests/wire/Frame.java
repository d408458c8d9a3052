package org.waybill.systemtests.wire;

import org.jspecify.annotations.Nullable;

/**
 * One frame as it came.
 *
 * @param type 0 for AMQP, 1 for SASL
 * @param channel the channel of an AMQP frame
 * @param body the performative, or null for an empty frame (a heartbeat)
 * @param payload the bytes after the performative
 */
@SuppressWarnings("ArrayRecordComponent") // read once by the test that received it, never compared
public record Frame(int type, int channel, @Nullable Object body, byte[] payload) {}
