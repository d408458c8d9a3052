/**
 * Queues and topics as the application holds them: a kind and an address, nothing else. They outlive connections, travel in
 * serialised form and through JNDI, and compare by value; only a temporary one that was made here knows its connection, by the
 * {@link org.waybill.jms.destination.TemporaryNode} it was given.
 *
 * <p>Immutable, for any thread. This package knows JMS and the addresses of AMQP (the mapping of JMS to AMQP, section on
 * destinations), but no connection and no protocol engine.
 */
@NullMarked
package org.waybill.jms.destination;

import org.jspecify.annotations.NullMarked;
