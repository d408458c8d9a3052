/**
 * Links between nodes: one authenticated connection for each pair, which carries everything that they say to each other.
 *
 * <p>Entry points: {@link org.waybill.cluster.link.Links}, {@link org.waybill.cluster.link.LinkHandler}. A link's state belongs to the event
 * loop of its socket; {@code send} may be called from any thread. It knows neither replication nor shards: a frame is a
 * channel's number and bytes. The format is drawn in {@link org.waybill.cluster.link.Frames} and {@link org.waybill.cluster.link.Handshake}.
 */
@NullMarked
package org.waybill.cluster.link;

import org.jspecify.annotations.NullMarked;
