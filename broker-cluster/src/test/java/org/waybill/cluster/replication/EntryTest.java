package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.waybill.journal.Frame;

/** What a frame holds is what its entry holds, and what the frame of that entry holds on another node. */
final class EntryTest {
    private static final byte[] NONE = new byte[0];

    @Test
    void hasTheRecordsOfItsFrame() {
        Frame frame = new Frame(3);
        byte[] meta = text("..meta");
        byte[] body = text("a body..");
        frame.add((byte) 200, meta, 2, 4, body, 0, 6, true);
        frame.add((byte) 7, meta, 2, 4, null, 0, 0, false);
        frame.add((byte) 8, NONE, 0, 0, null, 0, 0, false);
        Entry entry = Entry.of(frame.stamp(11, 5, 9));
        assertThat(entry.index()).isEqualTo(11);
        assertThat(entry.epoch()).isEqualTo(5);
        assertThat(entry.isWhole()).isTrue();
        byte[] expected = concat(
                Entry.record((byte) 200, text("metaa body")),
                Entry.record((byte) 7, text("meta")),
                Entry.record((byte) 8, NONE));
        assertThat(entry.array()).isEqualTo(expected);

        Frame elsewhere = new Frame(3).stamp(11, 5, 10);
        entry.addTo(elsewhere, type -> type == (byte) 200);
        assertThat(Entry.of(elsewhere).array()).isEqualTo(expected);
        assertThat(elsewhere.frameBytes()).isEqualTo(frame.frameBytes());
        assertThat(elsewhere.retainedBytes()).isEqualTo(frame.retainedBytes()).isPositive();
    }

    private static byte[] concat(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
