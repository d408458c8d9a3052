/**
 * A message and its parts, as bytes.
 *
 * <p>A message stays what its sender encoded: this package finds the sections of an AMQP 1.0 message (part 3, section 3.2)
 * inside those bytes, reads the few fields the broker needs, and writes a new header and new annotations for the way out. It
 * never decodes a body and never changes the bare message.
 *
 * <p>Anyone may call it, on any thread: its values are immutable. It knows no queue, no journal, no connection and no AMQP
 * library.
 */
@NullMarked
package org.waybill.message;

import org.jspecify.annotations.NullMarked;
