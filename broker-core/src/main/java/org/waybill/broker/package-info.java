/**
 * The broker as a whole: takes settings, wires disk, journal, shards and protocol adapters together, starts and stops them.
 *
 * <p>The only package of the core that knows Vert.x: elsewhere its event loops are {@link org.waybill.io.Loop}s. Called by the
 * command line, by tests and by applications that embed a broker; {@link org.waybill.broker.Broker#start} and {@link
 * org.waybill.broker.Broker#stop} block and are for ordinary threads.
 */
@NullMarked
package org.waybill.broker;

import org.jspecify.annotations.NullMarked;
