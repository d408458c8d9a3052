package org.waybill.jms.message;

import java.util.UUID;

/**
 * Who sent a message, and as which of its messages: the server stores it once however often it arrives. Sent as delivery
 * annotations.
 *
 * @param producerId who ({@code x-opt-waybill-producer-id})
 * @param epoch its incarnation ({@code x-opt-waybill-producer-epoch}); what an older one sends late is refused
 * @param sequence the message's number, which only grows ({@code x-opt-waybill-sequence})
 */
public record Origin(UUID producerId, int epoch, long sequence) {}
