/**
 * The network between the nodes of a cluster under test, and its faults: cut lines in either direction, delay, little room.
 *
 * <p>Two kinds behind {@link org.waybill.systemtests.cluster.network.Network}: {@link
 * org.waybill.systemtests.cluster.network.ProxiedNetwork} needs nothing but loopback; {@link
 * org.waybill.systemtests.cluster.network.NamespaceNetwork} gives each node a Linux network namespace of its own, so that the kernel's own
 * TCP meets the faults, and needs root. Neither knows what the nodes say to each other. Clients always reach all nodes.
 */
@NullMarked
package org.waybill.systemtests.cluster.network;

import org.jspecify.annotations.NullMarked;
