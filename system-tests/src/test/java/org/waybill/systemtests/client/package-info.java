/**
 * What our JMS client does when something is wrong: with what the application says, with who may log in, with the line, with the broker.
 * Each time there is to be the exception that the specification names, within the time limit of the connection's URI, and after the close
 * neither a thread nor a socket of the client's, which {@link org.waybill.systemtests.client.Leftovers} looks at after every test.
 */
@NullMarked
package org.waybill.systemtests.client;

import org.jspecify.annotations.NullMarked;
