package org.waybill.spi;

import java.util.function.Consumer;
import org.waybill.spi.BrokerSession.Reply;

/**
 * A local transaction: sends and outcomes that take effect together or not at all (AMQP 1.0 part 4). It belongs to the session
 * that began it and is called on that session's loop; a session that closes rolls its transactions back.
 */
public interface Transaction {
    /**
     * Makes everything done in it take effect, and ends it.
     *
     * @param reply {@code Done} once all of it is as durable as it must be; {@code Refused} when none of it took effect: it was
     *     rolled back
     */
    void commit(Consumer<Reply<Boolean>> reply);

    /** Undoes everything done in it, and ends it: its deliveries go back to their old places. */
    void rollback(Consumer<Reply<Boolean>> reply);
}
