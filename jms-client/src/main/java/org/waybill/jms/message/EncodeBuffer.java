package org.waybill.jms.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array that messages are encoded into, made to be used again and again by one thread. Compound values are begun with
 * room for a short form and moved once if they turn out longer.
 */
public final class EncodeBuffer {
    /** What stays allocated when a large message was written. */
    private static final int MAX_KEPT_BYTES = 1024 * 1024;

    private static final int MIN_BYTES = 64;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final int SHORT_FORM = 255;
    /** A char becomes three bytes at most; a pair of surrogates becomes four. */
    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;
    /** Longer strings are encoded by the JDK, which is faster and makes a copy. */
    private static final int COPIED_CHARS = 512;

    private byte[] bytes;
    private int size;

    /** An empty buffer with room for this much. */
    public EncodeBuffer(int initialBytes) {
        bytes = new byte[Math.max(MIN_BYTES, initialBytes)];
    }

    /** The array behind it, of which the first {@link #size()} bytes count; replaced when it grows. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** Forgets what was written, and the array too if it is unusually large. */
    public void clear() {
        size = 0;
        if (bytes.length > MAX_KEPT_BYTES) {
            bytes = new byte[MIN_BYTES];
        }
    }

    /** Goes back to a size it had before. */
    void truncate(int earlierSize) {
        size = earlierSize;
    }

    private int room(int count) {
        int at = size;
        if (bytes.length - at < count) {
            long needed = (long) at + count;
            if (needed > MAX_BYTES) {
                throw new IllegalArgumentException("a message of more than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
        }
        size = at + count;
        return at;
    }

    void putByte(int value) {
        int at = room(1);
        bytes[at] = (byte) value;
    }

    void putShort(int value) {
        int at = room(Short.BYTES);
        BigEndian.putShort(bytes, at, (short) value);
    }

    void putInt(int value) {
        int at = room(Integer.BYTES);
        BigEndian.putInt(bytes, at, value);
    }

    void putLong(long value) {
        int at = room(Long.BYTES);
        BigEndian.putLong(bytes, at, value);
    }

    void putBytes(byte[] source, int offset, int length) {
        int at = room(length);
        System.arraycopy(source, offset, bytes, at, length);
    }

    /** The descriptor of a section. */
    void section(int code) {
        int at = room(3);
        bytes[at] = Wire.DESCRIBED;
        bytes[at + 1] = Wire.SMALL_ULONG;
        bytes[at + 2] = (byte) code;
    }

    /** Begins a list or map whose short form has this constructor; answers what {@link #end} wants. */
    int begin(int shortForm) {
        int at = room(3);
        bytes[at] = (byte) shortForm;
        return at;
    }

    /** Ends the list or map begun there, which has this many elements. */
    void end(int begunAt, int count) {
        int body = begunAt + 3;
        int length = size - body;
        if (length + 1 <= SHORT_FORM && count <= SHORT_FORM) {
            bytes[begunAt + 1] = (byte) (length + 1);
            bytes[begunAt + 2] = (byte) count;
            return;
        }
        room(6);
        System.arraycopy(bytes, body, bytes, body + 6, length);
        bytes[begunAt] = (byte) (bytes[begunAt] + Wire.TO_LONG_FORM);
        BigEndian.putInt(bytes, begunAt + 1, length + Integer.BYTES);
        BigEndian.putInt(bytes, begunAt + 5, count);
    }

    /** A binary value. */
    void putBinary(byte[] source, int offset, int length) {
        variable(Wire.BINARY8, length);
        putBytes(source, offset, length);
    }

    /** A symbol or string that is encoded already. */
    void putEncoded(int shortForm, byte[] text) {
        variable(shortForm, text.length);
        putBytes(text, 0, text.length);
    }

    private void variable(int shortForm, int length) {
        if (length <= SHORT_FORM) {
            int at = room(2);
            bytes[at] = (byte) shortForm;
            bytes[at + 1] = (byte) length;
        } else {
            int at = room(5);
            bytes[at] = (byte) (shortForm + Wire.TO_LONG_FORM);
            BigEndian.putInt(bytes, at + 1, length);
        }
    }

    /** A string value. */
    void putString(String text) {
        int chars = text.length();
        if (chars > COPIED_CHARS) {
            putEncoded(Wire.STRING8, text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        int begun = size;
        int head = chars <= SHORT_FORM / MAX_UTF8_BYTES_PER_CHAR ? 2 : 5;
        room(head + chars * MAX_UTF8_BYTES_PER_CHAR);
        int end = utf8(text, begun + head);
        int length = end - begun - head;
        if (head == 2) {
            bytes[begun] = Wire.STRING8;
            bytes[begun + 1] = (byte) length;
        } else {
            bytes[begun] = (byte) (Wire.STRING8 + Wire.TO_LONG_FORM);
            BigEndian.putInt(bytes, begun + 1, length);
        }
        size = end;
    }

    /** A string value that is a prefix and a number. */
    void putString(String prefix, long number) {
        int begun = size;
        int chars = prefix.length();
        if (chars > SHORT_FORM / MAX_UTF8_BYTES_PER_CHAR - 20 || number < 0) {
            putString(prefix + number);
            return;
        }
        room(2 + chars * MAX_UTF8_BYTES_PER_CHAR + 20);
        int end = decimal(number, utf8(prefix, begun + 2));
        bytes[begun] = Wire.STRING8;
        bytes[begun + 1] = (byte) (end - begun - 2);
        size = end;
    }

    private int decimal(long number, int at) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + digits;
    }

    /** Writes into room that is there already; answers where it ends. As the JDK does, a lone surrogate becomes '?'. */
    private int utf8(String text, int from) {
        byte[] out = bytes;
        int at = from;
        int chars = text.length();
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out[at++] = (byte) c;
            } else if (c < 0x800) {
                out[at++] = (byte) (0xC0 | c >> 6);
                out[at++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                out[at++] = (byte) (0xE0 | c >> 12);
                out[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                out[at++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out[at++] = (byte) (0xF0 | point >> 18);
                out[at++] = (byte) (0x80 | point >> 12 & 0x3F);
                out[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                out[at++] = (byte) (0x80 | point & 0x3F);
            } else {
                out[at++] = '?';
            }
        }
        return at;
    }
}
