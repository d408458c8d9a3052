package org.waybill.benchmarks.amqp;

/** What a client asks of a transaction coordinator (part 4, section 4.3). */
public final class CoordinatorRequests {
    private static final int EMPTY_LIST = 0x45;

    private CoordinatorRequests() {}

    /** Asks for a transaction; its id comes to {@link Role#onDeclared}. */
    public static void declare(Link coordinator) {
        Encoder e = new Encoder().descriptor(Codes.VALUE);
        byte[] request = e.descriptor(Codes.DECLARE).u8(EMPTY_LIST).toByteArray();
        coordinator.connection().sendMessage(coordinator, request);
    }

    /** Asks to commit. */
    public static void commit(Link coordinator, byte[] transaction) {
        Encoder e = new Encoder().descriptor(Codes.VALUE).descriptor(Codes.DISCHARGE);
        int at = e.beginList();
        e.binary(transaction).bool(false).endList(at, 2);
        coordinator.connection().sendMessage(coordinator, e.toByteArray());
    }
}
