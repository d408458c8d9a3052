/**
 * Product manners: what somebody sees who starts, stops and uses the broker from a shell, and who makes the usual mistakes.
 *
 * <p>Sentences are not compared word by word; their number, the exit code and what they must name are. Exit codes are those that
 * {@code docs/operations.md} lists.
 */
@NullMarked
package org.waybill.systemtests.product;

import org.jspecify.annotations.NullMarked;
