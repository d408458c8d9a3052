/**
 * The broker's side of SASL (RFC 4422): ANONYMOUS, PLAIN (RFC 4616) and SCRAM-SHA-256 (RFC 5802, RFC 7677).
 *
 * <p>The adapter asks an {@link org.waybill.amqp.sasl.Authenticator} which mechanisms to offer to a peer and begins an {@link
 * org.waybill.amqp.sasl.SaslExchange} for the one it chose. All calls and answers are on the connection's event loop; the costly
 * hashing of a PLAIN password alone is done elsewhere. Nothing here knows frames, connections or sockets, and nothing here tells
 * an unknown user from a wrong password.
 */
@NullMarked
package org.waybill.amqp.sasl;

import org.jspecify.annotations.NullMarked;
