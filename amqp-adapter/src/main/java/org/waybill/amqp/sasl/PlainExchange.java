package org.waybill.amqp.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Consumer;

/** PLAIN (RFC 4616): authorization identity, name and password in one message. */
final class PlainExchange implements SaslExchange {
    static final String NAME = "PLAIN";

    private final PasswordCheck check;
    private boolean challenged;

    PlainExchange(PasswordCheck check) {
        this.check = check;
    }

    @Override
    public void respond(byte[] response, Consumer<SaslAnswer> answer) {
        if (response.length == 0 && !challenged) {
            challenged = true;
            answer.accept(new SaslAnswer.Challenge(response));
            return;
        }
        String[] parts = new String(response, UTF_8).split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || !parts[0].isEmpty() && !parts[0].equals(parts[1])) {
            answer.accept(new SaslAnswer.Failure(false));
            return;
        }
        check.verify(parts[1], parts[2].toCharArray(), answer);
    }
}
