package org.waybill.cluster.election;

/**
 * A node's part in keeping the registers.
 *
 * @param node its number
 * @param present whether this node sees it
 * @param votes whether it counts for their majority
 * @param leads whether the others follow it, as far as is known here
 */
public record Elector(int node, boolean present, boolean votes, boolean leads) {}
