package org.waybill.amqp.engine;

/**
 * What one connection may cost. Every bound is advertised where the protocol has a field for it and enforced in any case.
 *
 * @param maxFrameBytes largest frame taken, advertised as max-frame-size; at least 512
 * @param channelMax highest channel number taken, advertised as channel-max; also bounds sessions to one more than this
 * @param handleMax highest link handle taken in a session, advertised as handle-max
 * @param maxLinks links attached at a time over all sessions of the connection
 * @param maxUnsettled deliveries unsettled at a time in one session, each direction counted apart
 * @param incomingWindow transfer frames a session lets come before it opens its window again
 * @param maxMessageBytes largest message taken on a link that states no other limit, advertised as max-message-size; 0 for none
 * @param handshakeBytes bytes taken in all before the peer's open
 * @param idleTimeoutMs silence after which the peer counts as gone, or 0 for never; half of it is advertised
 */
public record Limits(
        int maxFrameBytes,
        int channelMax,
        int handleMax,
        int maxLinks,
        int maxUnsettled,
        int incomingWindow,
        long maxMessageBytes,
        int handshakeBytes,
        long idleTimeoutMs) {
    /** The smallest max-frame-size of the specification (part 2, section 2.8), and its limit for SASL frames. */
    public static final int MIN_MAX_FRAME_BYTES = 512;

    /** Limits for a peer one knows little about. */
    public static final Limits DEFAULT =
            new Limits(64 * 1024, 1023, 4095, 16 * 1024, 256 * 1024, 2048, 128L * 1024 * 1024, 64 * 1024, 60_000);

    /** Checks the ranges. */
    public Limits {
        check(maxFrameBytes >= MIN_MAX_FRAME_BYTES, "maxFrameBytes");
        check(channelMax >= 0 && channelMax <= 0xFFFF, "channelMax");
        check(handleMax >= 0 && maxLinks >= 1, "handleMax, maxLinks");
        check(maxUnsettled >= 1 && maxUnsettled <= 1 << 24, "maxUnsettled");
        check(incomingWindow >= 1, "incomingWindow");
        check(maxMessageBytes >= 0, "maxMessageBytes");
        check(handshakeBytes >= MIN_MAX_FRAME_BYTES, "handshakeBytes");
        check(idleTimeoutMs >= 0, "idleTimeoutMs");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is out of range");
        }
    }
}
