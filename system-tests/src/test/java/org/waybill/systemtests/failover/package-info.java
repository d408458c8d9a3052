/**
 * Our JMS client with a failover URI while its broker is killed and comes back, again and again, under load: producers, consumers, a mover
 * and a durable subscriber on one connection each, which live through all of it.
 *
 * <p>Each producer numbers its messages and notes which were settled; at the end what the broker has, and what consumers were given, is
 * compared with those notes. Whoever gets an exception that failover should have spared them notes that, too.
 */
@NullMarked
package org.waybill.systemtests.failover;

import org.jspecify.annotations.NullMarked;
