package org.waybill.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Messages made by hand, section by section. */
public final class Encoded {
    public static final int HEADER = 0x70;
    public static final int DELIVERY_ANNOTATIONS = 0x71;
    public static final int MESSAGE_ANNOTATIONS = 0x72;
    public static final int PROPERTIES = 0x73;
    public static final int APPLICATION_PROPERTIES = 0x74;
    public static final int DATA = 0x75;
    public static final int SEQUENCE = 0x76;
    public static final int VALUE = 0x77;
    public static final int FOOTER = 0x78;

    static final String[] NAMES = {
        "amqp:header:list",
        "amqp:delivery-annotations:map",
        "amqp:message-annotations:map",
        "amqp:properties:list",
        "amqp:application-properties:map",
        "amqp:data:binary",
        "amqp:amqp-sequence:list",
        "amqp:amqp-value:*",
        "amqp:footer:map"
    };

    /** How a descriptor can be written. */
    public enum Descriptor {
        SMALL_ULONG,
        ULONG,
        SYMBOL_8,
        SYMBOL_32;

        byte[] of(int section) {
            byte[] name = NAMES[section - HEADER].getBytes(StandardCharsets.US_ASCII);
            return switch (this) {
                case SMALL_ULONG -> bytes(0x00, 0x53, section);
                case ULONG -> bytes(0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, section);
                case SYMBOL_8 -> join(bytes(0x00, 0xA3, name.length), name);
                case SYMBOL_32 -> join(bytes(0x00, 0xB3, 0, 0, 0, name.length), name);
            };
        }
    }

    private Encoded() {}

    public static byte[] bytes(int... values) {
        byte[] out = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            out[i] = (byte) values[i];
        }
        return out;
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    public static byte[] section(int section, byte[] value) {
        return join(Descriptor.SMALL_ULONG.of(section), value);
    }

    /** A list in its 8-bit form. */
    public static byte[] list(byte[]... fields) {
        byte[] content = join(fields);
        return join(bytes(0xC0, content.length + 1, fields.length), content);
    }

    /** A list in its 32-bit form. */
    public static byte[] list32(byte[]... fields) {
        return compound32(0xD0, fields);
    }

    /** A map in its 8-bit form, keys and values in turn. */
    public static byte[] map(byte[]... entries) {
        byte[] content = join(entries);
        return join(bytes(0xC1, content.length + 1, entries.length), content);
    }

    /** A map in its 32-bit form. */
    public static byte[] map32(byte[]... entries) {
        return compound32(0xD1, entries);
    }

    private static byte[] compound32(int constructor, byte[]... parts) {
        byte[] content = join(parts);
        ByteBuffer head = ByteBuffer.allocate(9).put((byte) constructor);
        head.putInt(content.length + 4).putInt(parts.length);
        return join(head.array(), content);
    }

    public static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return join(bytes(0xA1, utf8.length), utf8);
    }

    public static byte[] text32(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return join(ByteBuffer.allocate(5).put((byte) 0xB1).putInt(utf8.length).array(), utf8);
    }

    public static byte[] symbol(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return join(bytes(0xA3, ascii.length), ascii);
    }

    public static byte[] symbol32(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return join(ByteBuffer.allocate(5).put((byte) 0xB3).putInt(ascii.length).array(), ascii);
    }

    public static byte[] uint(long value) {
        return ByteBuffer.allocate(5).put((byte) 0x70).putInt((int) value).array();
    }

    public static byte[] timestamp(long value) {
        return ByteBuffer.allocate(9).put((byte) 0x83).putLong(value).array();
    }

    public static byte[] nothing() {
        return bytes(0x40);
    }

    public static byte[] yes() {
        return bytes(0x41);
    }

    public static byte[] no() {
        return bytes(0x42);
    }
}
