package org.waybill.queue;

/** Sees one delivery of a consumer. */
@FunctionalInterface
public interface DeliveryVisitor {
    /** The delivery {@code token}, of the entry {@code index} of {@code block}. */
    void visit(long token, Block block, int index);
}
