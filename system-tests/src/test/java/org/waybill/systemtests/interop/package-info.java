/**
 * Three client libraries that nobody here wrote, each to each through the broker: Qpid JMS in this JVM, python3-qpid-proton and rhea as
 * processes that are driven with a line of JSON a request.
 *
 * <p>A message is described once, as JSON, in {@link org.waybill.systemtests.interop.Cases}; every peer sends what the description says and
 * describes what it received in the same form, and the two are compared. Where both ends can see the encoded bytes, the digests of the bare
 * message are compared as well.
 */
@NullMarked
package org.waybill.systemtests.interop;

import org.jspecify.annotations.NullMarked;
