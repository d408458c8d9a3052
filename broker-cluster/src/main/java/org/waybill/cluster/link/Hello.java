package org.waybill.cluster.link;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a node says of itself first. Little-endian; the first twelve bytes are the same in all versions of the protocol.
 *
 * <pre>
 *   0   "WBLK"
 *   4   u16  highest version that the node speaks
 *   6   u16  lowest version that the node speaks
 *   8   u16  length of all this, at most {@link #MAX_BYTES}
 *  10   u16  the node's number
 *  12   u16  the number of the node it means to speak to; 0 in an answer to somebody whom it does not know
 *  14   u16  0
 *  16        32 bytes of chance
 *  48        the cluster's name and all nodes' numbers and names, in UTF-8: "name\n1 first\n2 second"
 * </pre>
 *
 * @param highest version that is spoken
 * @param lowest version that is spoken
 * @param from the node's number
 * @param to the other's
 * @param table the cluster's name and nodes, see {@link #table}
 * @param bytes all of it as it is sent, which proofs are made over
 */
record Hello(int highest, int lowest, int from, int to, String table, byte[] bytes) {
    static final int MAX_BYTES = 1_024;
    static final int NONCE_BYTES = 32;

    private static final int MAGIC = 'W' | 'B' << 8 | 'L' << 16 | 'K' << 24;
    private static final int LENGTH_AT = 8;
    private static final int TABLE_AT = 16 + NONCE_BYTES;

    /** Writes one; throws {@link IllegalArgumentException} when the table is too long. */
    static Hello of(int highest, int lowest, int from, int to, byte[] nonce, String table) {
        byte[] text = table.getBytes(StandardCharsets.UTF_8);
        int length = TABLE_AT + text.length;
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException("the cluster's name and its nodes' names have together " + text.length
                    + " bytes, and at most " + (MAX_BYTES - TABLE_AT) + " are allowed");
        }
        byte[] bytes = ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putShort((short) highest)
                .putShort((short) lowest)
                .putShort((short) length)
                .putShort((short) from)
                .putShort((short) to)
                .putShort((short) 0)
                .put(nonce, 0, NONCE_BYTES)
                .put(text)
                .array();
        return new Hello(highest, lowest, from, to, table, bytes);
    }

    /**
     * How many bytes the one that begins here has; 0 when that is not to be seen yet. Throws {@link LinkError} when nothing here is one.
     */
    static int length(ByteBuffer in) {
        ByteBuffer here = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < Math.min(Integer.BYTES, here.remaining()); i++) {
            if (here.get(here.position() + i) != (byte) (MAGIC >>> 8 * i)) {
                throw new LinkError("what connected is no node of a cluster");
            }
        }
        if (here.remaining() < LENGTH_AT + Short.BYTES) {
            return 0;
        }
        int length = here.getShort(here.position() + LENGTH_AT) & 0xFFFF;
        if (length < TABLE_AT || length > MAX_BYTES) {
            throw new LinkError("its first words are " + length + " bytes long");
        }
        return length;
    }

    /** Reads one of which all bytes are there. */
    static Hello read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        String table = new String(bytes, TABLE_AT, bytes.length - TABLE_AT, StandardCharsets.UTF_8);
        return new Hello(
                in.getShort(4) & 0xFFFF,
                in.getShort(6) & 0xFFFF,
                in.getShort(10) & 0xFFFF,
                in.getShort(12) & 0xFFFF,
                table,
                bytes);
    }

    /** What all nodes must agree about: the cluster's name, and the numbers and names of its nodes. */
    static String table(LinkOptions options) {
        List<Peer> all = new ArrayList<>(options.peers());
        all.add(options.self());
        all.sort(Comparator.comparingInt(Peer::number));
        StringBuilder text = new StringBuilder(options.cluster());
        for (Peer each : all) {
            text.append('\n').append(each.number()).append(' ').append(each.name());
        }
        return text.toString();
    }

    /** In which the other's table differs from an own one, with both sides' values. */
    String difference(String own) {
        String ours = cluster(own);
        String theirs = cluster(table);
        return ours.equals(theirs)
                ? "it knows the nodes " + nodes(table) + ", and this node " + nodes(own)
                        + ": cluster.nodes must be the same"
                : "its cluster is \"" + printable(theirs) + "\", and this node's \"" + ours
                        + "\": cluster.name must be the same";
    }

    private static String cluster(String table) {
        int end = table.indexOf('\n');
        return end < 0 ? table : table.substring(0, end);
    }

    private static String nodes(String table) {
        int end = table.indexOf('\n');
        return end < 0 ? "(none)" : "(" + printable(table.substring(end + 1).replace("\n", ", ")) + ")";
    }

    /** Without what would do harm in a log. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(each -> shown.appendCodePoint(isHarmless(each) ? each : '?'));
        return shown.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
