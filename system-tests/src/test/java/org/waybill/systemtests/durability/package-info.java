/**
 * What survives: brokers killed with SIGKILL under load, and a backlog far larger than a heap that is read back after a restart.
 *
 * <p>Producers write down what the broker settled, consumers what the broker confirmed; the tests compare these notes with what comes out at
 * the end. Producers and consumers run on threads of their own and end when their connection breaks.
 */
@NullMarked
package org.waybill.systemtests.durability;

import org.jspecify.annotations.NullMarked;
