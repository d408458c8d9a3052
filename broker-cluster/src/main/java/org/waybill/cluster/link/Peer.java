package org.waybill.cluster.link;

/**
 * A node as the configuration of all nodes has it.
 *
 * @param number tells it apart from the others, 1 to 65,535
 * @param name for people
 * @param host where its link listens
 * @param port where its link listens
 */
public record Peer(int number, String name, String host, int port) {}
