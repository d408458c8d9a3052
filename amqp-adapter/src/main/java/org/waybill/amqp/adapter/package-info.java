/**
 * The broker's side of AMQP 1.0: binds the protocol engine ({@code org.waybill.amqp.engine}) to the broker's SPI ({@code
 * org.waybill.spi}).
 *
 * <p>A message's way in: {@link org.waybill.amqp.adapter.Socket} hands the bytes of a read to the engine, the engine shows each
 * transfer to a {@link org.waybill.amqp.adapter.ProducerLink}, which sends it to its broker producer; the read ends with one flush
 * of the broker session and one of the socket. Its way out: the broker calls a {@link org.waybill.amqp.adapter.ConsumerLink} for
 * each delivery of a batch, the engine writes its frames, and the batch ends with one flush of the socket.
 *
 * <p>Everything about a connection happens on its one event loop. What connections share is in {@link
 * org.waybill.amqp.adapter.Shared} and safe for any thread. Nothing here knows a queue, a shard or a journal.
 */
@NullMarked
package org.waybill.amqp.adapter;

import org.jspecify.annotations.NullMarked;
