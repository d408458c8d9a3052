package org.waybill.amqp.sasl;

import java.util.function.Consumer;

/** ANONYMOUS (RFC 4505): whatever the client says, it is nobody in particular. */
final class AnonymousExchange implements SaslExchange {
    static final String NAME = "ANONYMOUS";

    @Override
    public void respond(byte[] response, Consumer<SaslAnswer> answer) {
        answer.accept(new SaslAnswer.Success(null, null));
    }
}
