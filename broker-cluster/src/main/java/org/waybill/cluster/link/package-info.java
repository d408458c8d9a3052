/**
 * Links between nodes: one authenticated connection for each pair, which carries everything that they say to each other.
 *
 * <p>Entry points: {@link org.waybill.cluster.link.Links}, {@link org.waybill.cluster.link.LinkHandler}. All links of a node belong to one
 * event loop; {@code send} may be called from any thread. It knows neither replication nor shards: a message is a channel's number
 * and bytes. The format is drawn in {@link org.waybill.cluster.link.Hello}, {@link org.waybill.cluster.link.Handshake},
 * {@link org.waybill.cluster.link.Frames} and {@link org.waybill.cluster.link.Link}, and specified in docs/cluster-wire.md.
 */
@NullMarked
package org.waybill.cluster.link;

import org.jspecify.annotations.NullMarked;
