/**
 * A day in the life of a broker: many JMS applications of different kinds in a few processes, all of them and the broker killed now and then,
 * and a checker that reads afterwards what each of them wrote down.
 *
 * <p>An application writes what it is about to do before it does it and what it knows for certain after ({@link
 * org.waybill.systemtests.day.Event}); a line is in the file when the call returns, so SIGKILL takes none back. {@link
 * org.waybill.systemtests.day.History} joins the files, {@link org.waybill.systemtests.day.Checker} holds them against the rules. Both know no
 * broker and no JMS, and are tested with histories made by hand.
 */
@NullMarked
package org.waybill.systemtests.day;

import org.jspecify.annotations.NullMarked;
