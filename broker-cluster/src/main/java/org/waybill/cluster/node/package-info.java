/**
 * One node of a cluster: gives every shard of a broker its replica, joins the replicas of all nodes by links, and makes a shard lead here or
 * follow as its replica does.
 *
 * <p>Entry points: {@link org.waybill.cluster.node.ClusterProvider}, {@link org.waybill.cluster.node.ClusterNode}. A shard's part is on its
 * loop; who is known of other nodes is on a loop of its own.
 */
@NullMarked
package org.waybill.cluster.node;

import org.jspecify.annotations.NullMarked;
