/**
 * The libraries through which applications mostly meet JMS: Spring's templates and listener containers, pooled-jms, and Camel's routes,
 * on Qpid JMS and on Waybill's own client. What they do is their own affair; that nothing is lost, doubled or out of order when they do it is the broker's.
 */
@NullMarked
package org.waybill.systemtests.frameworks;

import org.jspecify.annotations.NullMarked;
