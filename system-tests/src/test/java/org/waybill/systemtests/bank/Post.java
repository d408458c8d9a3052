package org.waybill.systemtests.bank;

import java.util.Optional;
import javax.transaction.xa.XAResource;

/** Where orders come from and confirmations go to, as one resource. One thread at a time; work belongs to the branch that was started. */
interface Post extends AutoCloseable {
    /** The resource to enlist. */
    XAResource resource();

    /** Takes the next order, or none if none comes for a moment. */
    Optional<String> take() throws Exception;

    /** Puts a confirmation. */
    void confirm(String text) throws Exception;

    @Override
    void close() throws Exception;
}
