package org.waybill.cluster.election;

/** A register holds what this version does not understand; a node that reads it does nothing about it. */
final class UnreadableValue extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableValue(String what, long version) {
        super(what + " of version " + version + " is not known to this version");
    }
}
