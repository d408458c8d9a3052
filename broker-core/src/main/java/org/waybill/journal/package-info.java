/**
 * The log on disk: frames of opaque records, appended by several shards, forced in groups, read back by position.
 *
 * <p>A shard calls {@link org.waybill.journal.Journal} on its own loop and never waits: completions come back to that
 * loop in order. The journal works on three threads of its own, one that writes and forces, one that prepares, recycles
 * and writes checkpoints, and one that reads records back; nobody else touches its files. Recovery
 * ({@code open}, {@code restoreLive}, {@code replay}, {@code start}) runs on one thread of the caller's, before any loop.
 *
 * <p>It knows no message, no queue and no protocol: a record is a type byte and bytes. The formats are drawn in
 * {@code docs/journal-format.md} and in the classes that write them.
 */
@NullMarked
package org.waybill.journal;

import org.jspecify.annotations.NullMarked;
