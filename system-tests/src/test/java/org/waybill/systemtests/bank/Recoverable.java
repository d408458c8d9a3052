package org.waybill.systemtests.bank;

import javax.transaction.xa.XAResource;

/** A side of the transfers as recovery sees it. One thread at a time. */
interface Recoverable {
    /** A resource over a line of its own that works now; the one of the call before is no longer used. */
    XAResource resource() throws Exception;
}
