/**
 * A bank: an application of its own process moves money, each transfer one global transaction over Waybill (an order taken from a queue, a
 * confirmation put into another) and a database (two balances and a line of the ledger), under a transaction manager nobody here wrote. The
 * application, with the transaction manager in it, and the broker are killed at seeded moments: at a step of two-phase commit, or at any time.
 *
 * <p>{@link org.waybill.systemtests.bank.Teller} is the application, {@link org.waybill.systemtests.bank.Bank} runs and kills it,
 * {@link org.waybill.systemtests.bank.Audit} holds what is left at the end against what must be: every transfer exactly once on both sides,
 * and no branch left anywhere.
 */
@NullMarked
package org.waybill.systemtests.bank;

import org.jspecify.annotations.NullMarked;
