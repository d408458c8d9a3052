/**
 * AMQP 1.0 at frame level: a connection that writes and reads single frames on a blocking socket, and the tests that need exactly that, well
 * behaved or hostile.
 *
 * <p>Types and codec are proton-j's; there is no engine behind it, so a test can send what no client would, and sees the bytes as they came.
 * One thread owns a connection. Other packages use {@link org.waybill.systemtests.wire.Wire} where a client library would hide what is to be seen.
 */
@NullMarked
package org.waybill.systemtests.wire;

import org.jspecify.annotations.NullMarked;
