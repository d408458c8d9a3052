/**
 * What the broker does as an AMQP 1.0 peer, seen through clients that nobody here wrote: outcomes, links, nodes and logins.
 *
 * <p>Most of it is written in Python, because python3-qpid-proton shows outcomes as they are; logins and limits that need a broker of their
 * own settings are here in Java. One broker for a class, a queue of its own for each test.
 */
@NullMarked
package org.waybill.systemtests.behaviour;

import org.jspecify.annotations.NullMarked;
