package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.waybill.io.DiskFile;

/**
 * The first bytes of a segment file, little-endian, written and forced before the file gets its segment's name.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    magic: "WAYBILLJ"                          |  0
 * |                                                               |
 * +---------------------------------------------------------------+
 * |             CRC32C of the 52 bytes that follow                |  8
 * +---------------------------------------------------------------+
 * |                       format version                          | 12
 * +---------------------------------------------------------------+
 * |                         segment id                            | 16
 * +---------------------------------------------------------------+
 * |                    length of this file                        | 20
 * +---------------------------------------------------------------+
 * |    offset at which the previous segment ends, 0 for none      | 24
 * +---------------------------------------------------------------+
 * |                            zero                               | 28
 * +---------------------------------------------------------------+
 * |         time of its beginning, ms since 1970 UTC              | 32
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                     24 bytes of zero                          | 40
 * +---------------------------------------------------------------+
 * |                     the first frame                           | 64
 * </pre>
 */
record SegmentHeader(int segmentId, int sizeBytes, int previousEnd, long createdEpochMs) {
    static final int BYTES = 64;
    static final int FORMAT_VERSION = 1;
    private static final long MAGIC = 0x4A4C_4C49_4259_4157L;
    private static final int CRC = 8;
    private static final int SUMMED = 12;

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(0, MAGIC)
                .putInt(12, FORMAT_VERSION)
                .putInt(16, segmentId)
                .putInt(20, sizeBytes)
                .putInt(24, previousEnd)
                .putLong(32, createdEpochMs);
        return bytes.putInt(CRC, crc(bytes));
    }

    /** Reads and checks the header of a file; {@link JournalDamage} if it is not whole or not that of this segment. */
    static SegmentHeader read(String fileName, int segmentId, DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int read = file.read(bytes, 0);
        if (read < BYTES || bytes.getLong(0) != MAGIC || bytes.getInt(CRC) != crc(bytes)) {
            throw damage(JournalDamage.Code.BAD_SEGMENT_HEADER, fileName, "the segment's header is not whole");
        }
        if (bytes.getInt(12) != FORMAT_VERSION) {
            throw damage(
                    JournalDamage.Code.UNKNOWN_FORMAT,
                    fileName,
                    "format version " + bytes.getInt(12) + " is not known to this program");
        }
        SegmentHeader header =
                new SegmentHeader(bytes.getInt(16), bytes.getInt(20), bytes.getInt(24), bytes.getLong(32));
        if (header.segmentId != segmentId) {
            throw damage(
                    JournalDamage.Code.BAD_SEGMENT_HEADER,
                    fileName,
                    "the header is that of segment " + header.segmentId);
        }
        if (header.sizeBytes != file.sizeBytes()) {
            throw damage(
                    JournalDamage.Code.BAD_SEGMENT_HEADER,
                    fileName,
                    "the file has " + file.sizeBytes() + " bytes instead of " + header.sizeBytes);
        }
        return header;
    }

    private static JournalDamage damage(JournalDamage.Code code, String fileName, String what) {
        return new JournalDamage(code, "Journal segment " + fileName + ", offset 0: " + what + ".");
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(SUMMED).limit(BYTES));
        return (int) crc.getValue();
    }
}
