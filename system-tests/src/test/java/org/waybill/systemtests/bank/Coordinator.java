package org.waybill.systemtests.bank;

import jakarta.transaction.TransactionManager;

/** A transaction manager of some make, with its log in a directory and its recovery running in threads of its own. */
interface Coordinator {
    /** What transactions are made with; any thread, a transaction belongs to the thread that began it. */
    TransactionManager transactions();

    /** The transactions in its log that are not at their end. */
    int unfinished() throws Exception;
}
