/**
 * The JORAM JMS conformance suite, an old third-party suite that is published on Maven Central, run through Qpid JMS and
 * Waybill's own client against the unzipped broker, and through both against Artemis.
 *
 * <p>The suite is written for JUnit 3 and {@code javax.jms}; the build rewrites its names to {@code jakarta.jms}, and one dynamic test stands
 * for each of its tests. {@code joram-tests.txt} beside these classes names them all, so that none is lost; all must pass.
 */
@NullMarked
package org.waybill.systemtests.joram;

import org.jspecify.annotations.NullMarked;
