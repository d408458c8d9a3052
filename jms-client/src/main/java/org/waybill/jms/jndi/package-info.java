/**
 * A naming context without a server: connection factories, queues and topics that properties name, for applications that look them up.
 * The properties are those of Qpid JMS. Nothing here connects; a context does not change once it is made.
 */
@NullMarked
package org.waybill.jms.jndi;

import org.jspecify.annotations.NullMarked;
