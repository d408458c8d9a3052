package org.waybill.benchmarks.amqp;

/** Descriptor codes of the AMQP 1.0 types used here (part 2 section 2.7, part 3 sections 3.2, 3.4, 3.5, part 5 section 5.3). */
public final class Codes {
    static final int OPEN = 0x10;
    static final int BEGIN = 0x11;
    static final int ATTACH = 0x12;
    static final int FLOW = 0x13;
    static final int TRANSFER = 0x14;
    static final int DISPOSITION = 0x15;
    static final int DETACH = 0x16;
    static final int END = 0x17;

    static final int CLOSE = 0x18;
    static final int ACCEPTED = 0x24;

    static final int COORDINATOR = 0x30;
    static final int DECLARE = 0x31;
    static final int DISCHARGE = 0x32;
    static final int DECLARED = 0x33;
    static final int TRANSACTIONAL_STATE = 0x34;
    static final int SOURCE = 0x28;
    static final int TARGET = 0x29;
    static final int SASL_MECHANISMS = 0x40;
    static final int SASL_INIT = 0x41;
    static final int SASL_OUTCOME = 0x44;
    /** The header section of a message. */
    public static final int HEADER = 0x70;

    /** The message annotations of a message. */
    public static final int MESSAGE_ANNOTATIONS = 0x72;

    /** The application properties of a message. */
    public static final int APPLICATION_PROPERTIES = 0x74;

    /** The data section of a message. */
    public static final int DATA = 0x75;

    /** The amqp-value section of a message. */
    static final int VALUE = 0x77;

    private Codes() {}
}
