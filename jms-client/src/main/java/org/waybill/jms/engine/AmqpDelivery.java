package org.waybill.jms.engine;

/**
 * A message that was received and is to be settled.
 *
 * @param id the session's number of the delivery
 * @param message its encoded sections
 * @param settled whether the sender has settled it already
 */
public record AmqpDelivery(long id, byte[] message, boolean settled) {}
