/**
 * The simplified Jakarta Messaging API (JMS 2.8 and 6): contexts, their producers and consumers, each a thin layer over the classic
 * objects of {@code jms.session}. A context is a session, made when it is first needed, on a connection that it may share with others;
 * what the classic API throws becomes the unchecked exception of the same meaning.
 *
 * <p>Threads: as the classic API. A context and what it made are for one thread at a time, but for closing.
 */
@NullMarked
package org.waybill.jms.context;

import org.jspecify.annotations.NullMarked;
