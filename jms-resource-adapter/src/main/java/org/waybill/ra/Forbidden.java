package org.waybill.ra;

import jakarta.jms.IllegalStateException;

/** What an application in a server must not do (Jakarta Messaging 3.1, section 12.3), for the server does it. */
final class Forbidden {
    private Forbidden() {}

    static IllegalStateException of(String what) {
        return new IllegalStateException(
                what + " is not for applications in a server (Jakarta Messaging 3.1, section 12.3)", "managed");
    }
}
