/**
 * Distributed transactions: the objects of Jakarta Messaging 3.1, section 6.2.8 and chapter 12, and Jakarta Transactions' {@code
 * XAResource}, over Waybill's extension of AMQP 1.0 (docs/xa-over-amqp.md).
 *
 * <p>An XA session is a {@link org.waybill.jms.session.JmsSession} whose work goes into the branch that its {@link
 * org.waybill.jms.xa.BranchResource} is associated with. The verbs are requests on links of their own, one pair for each connection,
 * and may come from any thread. Answers arrive on the connection's loop, which only completes futures.
 *
 * <p>A verb whose answer got lost is repeated on the next connection if the connection has one to fail over to; the broker knows what
 * it has done already. Without that, it is {@code XAER_RMFAIL}, and recovery by the transaction manager takes over.
 */
@NullMarked
package org.waybill.jms.xa;

import org.jspecify.annotations.NullMarked;
