package org.waybill.cluster.node;

import static org.waybill.message.Encoded.bytes;
import static org.waybill.message.Encoded.join;
import static org.waybill.message.Encoded.list;
import static org.waybill.message.Encoded.map;
import static org.waybill.message.Encoded.nothing;
import static org.waybill.message.Encoded.section;
import static org.waybill.message.Encoded.symbol;
import static org.waybill.message.Encoded.text;
import static org.waybill.message.Encoded.text32;
import static org.waybill.message.Encoded.yes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Encoded;
import org.waybill.message.Message;

/** The messages of simulated clients: durable, with where they go, who sends them as which of theirs, and a text. */
final class WorldMessages {
    private static final byte[] BODY = {0, 0x53, 0x77, (byte) 0xB1};
    private static final char PADDING = '~';

    private WorldMessages() {}

    /**
     * One message.
     *
     * @param producer who numbers its messages, or null
     * @param padding how many bytes it is longer than it need be
     */
    static Message message(String to, String text, @Nullable UUID producer, long sequence, int padding) {
        byte[] numbers = producer == null
                ? new byte[0]
                : section(
                        Encoded.DELIVERY_ANNOTATIONS,
                        map(
                                symbol("x-opt-waybill-producer-id"),
                                uuid(producer),
                                symbol("x-opt-waybill-sequence"),
                                number(sequence)));
        byte[] whole = join(
                section(Encoded.HEADER, list(yes())),
                numbers,
                section(Encoded.PROPERTIES, list(nothing(), nothing(), text(to))),
                section(Encoded.VALUE, text32(text + String.valueOf(PADDING).repeat(padding))));
        return Message.of(whole, 0);
    }

    private static byte[] uuid(UUID id) {
        return ByteBuffer.allocate(17)
                .put((byte) 0x98)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static byte[] number(long value) {
        return join(bytes(0x81), ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** The text of a message made here. */
    static String textOf(Message message) {
        ByteBuffer in = ByteBuffer.wrap(message.bytes());
        for (int at = message.bareAt(); at + BODY.length + Integer.BYTES <= in.limit(); at++) {
            if (in.slice(at, BODY.length).equals(ByteBuffer.wrap(BODY))) {
                int from = at + BODY.length + Integer.BYTES;
                String whole = new String(message.bytes(), from, in.limit() - from, StandardCharsets.UTF_8);
                int end = whole.indexOf(PADDING);
                return end < 0 ? whole : whole.substring(0, end);
            }
        }
        throw new AssertionError("no body");
    }
}
