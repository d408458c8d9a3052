package org.waybill.message;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a message and as which of theirs, by which one that is sent again is known: the delivery annotations {@code
 * x-opt-waybill-producer-id} (uuid), {@code x-opt-waybill-producer-epoch} (whole number, 0 when absent) and {@code
 * x-opt-waybill-sequence} (whole number). They are delivery annotations because they are meant for this hop alone (AMQP 1.0 part
 * 3, section 3.2.2): whoever passes a received message on must not pass on whose it was.
 *
 * @param producerId who
 * @param epoch which life of it; a lower one than the highest that was seen is fenced
 * @param sequence higher than that of every message before, 0 or more
 */
public record Origin(UUID producerId, int epoch, long sequence) {
    private static final String PRODUCER_ID = "x-opt-waybill-producer-id";
    private static final String EPOCH = "x-opt-waybill-producer-epoch";
    private static final String SEQUENCE = "x-opt-waybill-sequence";

    /**
     * Reads an encoded map of delivery annotations.
     *
     * @return null when they name no producer
     * @throws DecodeError when they name one and a value cannot be used
     */
    static @Nullable Origin of(byte[] in, int map) {
        Object id = PropertyMap.find(in, map, PRODUCER_ID);
        if (id == null) {
            return null;
        }
        if (!(id instanceof UUID producer)) {
            throw new DecodeError(PRODUCER_ID + " is not a uuid", map);
        }
        Object epoch = PropertyMap.find(in, map, EPOCH);
        long number = epoch == null ? 0 : whole(epoch, EPOCH, map);
        if (number > Integer.MAX_VALUE) {
            throw new DecodeError(EPOCH + " is greater than " + Integer.MAX_VALUE, map);
        }
        return new Origin(producer, (int) number, whole(PropertyMap.find(in, map, SEQUENCE), SEQUENCE, map));
    }

    private static long whole(@Nullable Object value, String name, int at) {
        boolean fits =
                value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
        if (fits && value instanceof Number number && number.longValue() >= 0) {
            return number.longValue();
        }
        throw new DecodeError(name + " is not a whole number of 0 or more", at);
    }
}
