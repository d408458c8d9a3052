package org.waybill.journal;

/**
 * The bytes of a frame and of its records, little-endian, everything on 8-byte boundaries. A frame is its header followed
 * by its records without gaps.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |             CRC32C of the 52 header bytes that follow         |  0
 * +---------------------------------------------------------------+
 * |             frame length, header included                     |  4
 * +-------------------------------+-------------------------------+
 * |        format version         |             shard             |  8
 * +-------------------------------+-------------------------------+
 * |                         record count                          | 12
 * +---------------------------------------------------------------+
 * |                   offset of this frame                        | 16
 * |                   segment id                                  |
 * +---------------------------------------------------------------+
 * |                         log index                             | 24
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                           epoch                               | 32
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                       commit index                            | 40
 * |                                                               |
 * +---------------------------------------------------------------+
 * |     offset up to which the log was known to be forced         | 48
 * |     segment id of that place                                  |
 * +---------------------------------------------------------------+
 *
 * +---------------------------------------------------------------+
 * |     CRC32C of the 12 bytes that follow and of the payload     |  0
 * +---------------------------------------------------------------+
 * |                       payload length                          |  4
 * +---------------+-----------------------------------------------+
 * |     type      |                 zero                          |  8
 * +---------------+-----------------------------------------------+
 * |                         segment id                            | 12
 * +---------------------------------------------------------------+
 * |          payload, then zeros up to the next 8 bytes           | 16
 * </pre>
 *
 * The frame's CRC covers its header alone and each record's CRC its record, so that every byte is summed once. The segment
 * id in both binds them to one life of the file: what a recycled file held before cannot be taken for new.
 */
final class FrameLayout {
    static final short FORMAT_VERSION = 1;
    static final int HEADER_BYTES = 56;
    static final int RECORD_HEADER_BYTES = 16;

    static final int CRC = 0;
    static final int LENGTH = 4;
    static final int VERSION = 8;
    static final int SHARD = 10;
    static final int RECORDS = 12;
    static final int POSITION = 16;
    static final int LOG_INDEX = 24;
    static final int EPOCH = 32;
    static final int COMMIT_INDEX = 40;
    static final int FORCED = 48;

    static final int RECORD_CRC = 0;
    static final int RECORD_LENGTH = 4;
    static final int RECORD_TYPE = 8;
    static final int RECORD_SEGMENT = 12;

    private FrameLayout() {}

    /** What a record with this payload occupies. */
    static long recordBytes(long payloadBytes) {
        return align(RECORD_HEADER_BYTES + payloadBytes);
    }

    /** Rounded up to the next 8 bytes. */
    static long align(long bytes) {
        return bytes + 7 & ~7L;
    }
}
