/**
 * Messages: what the application reads and writes by Jakarta Messaging 3.1, chapter 3, and the bytes that are its AMQP 1.0 form
 * (part 3, section 2, and the mapping of JMS to AMQP).
 *
 * <p>{@link org.waybill.jms.message.Messages} makes them, one for each connection. A received message keeps the bytes it came in
 * and decodes a section when something of it is asked; what nobody changes is copied from there when it is sent on, annotations
 * included. Sections are read and written by hand, without objects between the bytes and the answer.
 *
 * <p>A message belongs to one thread at a time, as JMS says of sessions; {@code Messages} is for any thread. This package does no
 * I/O and knows no session and no connection: it tells whoever delivered a message by its {@link
 * org.waybill.jms.message.Acknowledgement}. Whatever is wrong with received bytes is a {@code MessageFormatException}.
 */
@NullMarked
package org.waybill.jms.message;

import org.jspecify.annotations.NullMarked;
