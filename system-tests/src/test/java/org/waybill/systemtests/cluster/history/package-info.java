/**
 * What clients of a cluster did and saw, over any number of reconnects, and the rules that it must keep whatever happened to the nodes.
 *
 * <p>{@link org.waybill.systemtests.cluster.history.History} is written by many clients at once; {@link
 * org.waybill.systemtests.cluster.history.HistoryChecker} reads it when all have ended and the queues were emptied. Neither knows a broker, a
 * client library or a fault: what a client cannot know (the outcome of a send whose connection broke) is simply not noted, and allows both.
 * That the checker catches each kind of breach is shown with histories made by hand.
 */
@NullMarked
package org.waybill.systemtests.cluster.history;

import org.jspecify.annotations.NullMarked;
