package org.waybill.queue;

/** Sees one live entry of a queue. */
@FunctionalInterface
public interface EntryVisitor {
    /** The entry {@code index} of {@code block}. */
    void visit(Block block, int index);
}
