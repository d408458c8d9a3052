package org.waybill.jms.message;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/** A message without a body of JMS. */
public final class JmsPlainMessage extends JmsMessage {
    static final byte TYPE = 0;

    JmsPlainMessage(Messages messages) {
        super(messages);
    }

    JmsPlainMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
    }

    @Override
    byte type() {
        return TYPE;
    }

    @Override
    @Nullable
    String contentType() {
        return null;
    }

    @Override
    void encodeBody(EncodeBuffer out) {
        out.section(Wire.VALUE);
        out.putByte(Wire.NULL);
    }

    @Override
    void discardBody() {
        // There is none.
    }

    @Override
    @Nullable
    Object body() {
        return null;
    }

    @Override
    Class<?> bodyClass(Object body) {
        return Object.class;
    }
}
