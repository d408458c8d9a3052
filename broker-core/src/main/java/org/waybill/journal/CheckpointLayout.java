package org.waybill.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of a checkpoint file, little-endian: a header, chunks, the meta bytes, a footer that ends the file. Chunks and
 * meta are filled with zeros to the next 8 bytes.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    magic: "WAYBILLC"                          |  0  header
 * |                                                               |
 * +---------------------------------------------------------------+
 * |             CRC32C of the 20 bytes that follow                |  8
 * +---------------------------------------------------------------+
 * |                       format version                          | 12
 * +---------------------------------------------------------------+
 * |                            shard                              | 16
 * +---------------------------------------------------------------+
 * |                            zero                               | 20
 * +---------------------------------------------------------------+
 * |                          sequence                             | 24
 * |                                                               |
 * +---------------------------------------------------------------+
 *
 * +---------------------------------------------------------------+
 * |     CRC32C of the 12 bytes that follow and of the content     |  0  chunk
 * +---------------------------------------------------------------+
 * |                       content length                          |  4
 * +---------------------------------------------------------------+
 * |                  number of this chunk, from 0                 |  8
 * |                                                               |
 * +---------------------------------------------------------------+
 * |          content, then zeros up to the next 8 bytes           | 16
 * +---------------------------------------------------------------+
 *
 * +---------------------------------------------------------------+
 * |     CRC32C of the 28 bytes that follow and of the meta bytes  |  0  footer
 * +---------------------------------------------------------------+
 * |                        meta length                            |  4
 * +---------------------------------------------------------------+
 * |                      number of chunks                         |  8
 * |                                                               |
 * +---------------------------------------------------------------+
 * |              position to replay the log from                  | 16
 * |                                                               |
 * +---------------------------------------------------------------+
 * |        offset in this file at which the chunks end            | 24
 * |                                                               |
 * +---------------------------------------------------------------+
 * </pre>
 */
final class CheckpointLayout {
    static final int FORMAT_VERSION = 1;
    static final long MAGIC = 0x434C_4C49_4259_4157L;
    static final int HEADER_BYTES = 32;
    static final int CHUNK_HEADER_BYTES = 16;
    static final int FOOTER_BYTES = 32;

    private CheckpointLayout() {}

    static ByteBuffer header(int shard, long sequence) {
        ByteBuffer bytes = allocate(HEADER_BYTES);
        bytes.putLong(0, MAGIC).putInt(12, FORMAT_VERSION).putInt(16, shard).putLong(24, sequence);
        return bytes.putInt(8, sum(bytes.duplicate().position(12)));
    }

    static ByteBuffer chunk(long number, byte[] content, int offset, int length) {
        ByteBuffer bytes = allocate((int) FrameLayout.align(CHUNK_HEADER_BYTES + (long) length));
        bytes.putInt(4, length).putLong(8, number).put(CHUNK_HEADER_BYTES, content, offset, length);
        return bytes.putInt(0, sum(bytes.duplicate().position(4).limit(CHUNK_HEADER_BYTES + length)));
    }

    /** The meta bytes and the footer. */
    static ByteBuffer footer(byte[] meta, long chunks, long replayFromPosition, long chunksEnd) {
        int footer = (int) FrameLayout.align(meta.length);
        ByteBuffer bytes = allocate(footer + FOOTER_BYTES);
        bytes.put(0, meta)
                .putInt(footer + 4, meta.length)
                .putLong(footer + 8, chunks)
                .putLong(footer + 16, replayFromPosition)
                .putLong(footer + 24, chunksEnd);
        return bytes.putInt(footer, footerSum(bytes, footer, meta.length));
    }

    static int footerSum(ByteBuffer bytes, int footer, int metaLength) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(footer + FOOTER_BYTES).position(footer + 4));
        crc.update(bytes.duplicate().limit(metaLength).position(0));
        return (int) crc.getValue();
    }

    static int sum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
