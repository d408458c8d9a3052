/**
 * Clients that work on a cluster while its nodes come and go: Qpid JMS, Waybill's own client and python3-qpid-proton, each with all nodes in
 * its list, each writing down what it does and sees.
 *
 * <p>{@link org.waybill.systemtests.cluster.load.Load} starts all of them, ends them and empties the queues behind them. They know addresses
 * and queues, no faults: an outcome that a fault has swallowed is an outcome that nobody notes.
 */
@NullMarked
package org.waybill.systemtests.cluster.load;

import org.jspecify.annotations.NullMarked;
