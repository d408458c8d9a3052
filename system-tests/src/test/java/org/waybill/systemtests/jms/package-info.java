/**
 * What a JMS application expects, through Qpid JMS: a class for each subject, one broker for a class, a destination of its own for each test.
 *
 * <p>Nothing is waited for by the clock. That a message comes is a {@code receive} with a generous deadline; that none comes is a
 * {@code receiveNoWait}, which drains the link: the broker must say that it has nothing.
 */
@NullMarked
package org.waybill.systemtests.jms;

import org.jspecify.annotations.NullMarked;
