package org.waybill.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.config.JournalSettings;
import org.waybill.config.Settings;

/** A whole broker in this process, with a protocol that has no network. */
class BrokerTest {
    private static final int MESSAGES = 300;

    @TempDir
    Path directory;

    private Broker start() {
        Settings settings =
                Settings.defaults().withDataDirectory(directory).withJournal(new JournalSettings(1 << 16, 2, 0, 0));
        return Broker.start(settings);
    }

    /** A durable message of 1 KiB. */
    private static byte[] message() {
        byte[] head = {0, 0x53, 0x70, (byte) 0xC0, 2, 1, 0x41, 0, 0x53, 0x75, (byte) 0xB0, 0, 0, 4, 0};
        return java.util.Arrays.copyOf(head, head.length + 1_024);
    }

    private static void send() throws Exception {
        ProbeAdapter.started().send("q", MESSAGES, message()).get(20, TimeUnit.SECONDS);
    }

    private List<Path> journalFiles(String part) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsAfterARestartWhatItHadSettled() throws Exception {
        Broker first = start();
        assertThat(first.listening()).containsExactly("probe://here");
        assertThat(first.amqpPort()).isEqualTo(-1);
        String id = first.data().brokerId();
        send();
        first.stop();
        first.stop();
        assertThat(first.awaitEnd()).isTrue();
        assertThat(ProbeAdapter.started().stopped()).isTrue();

        Broker second = start();
        assertThat(second.data().brokerId()).isEqualTo(id);
        assertThat(ProbeAdapter.started().queues().get(20, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(
                        row -> assertThat(row).containsEntry("name", "q").containsEntry("messages", (long) MESSAGES));
        second.stop();
    }

    @Test
    void doesNotStartTwiceOnOneDirectory() {
        Broker first = start();
        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(StartFailure.class, failure -> assertThat(failure.reason())
                        .isEqualTo(StartFailure.Reason.DATA_IN_USE));
        first.stop();
        start().stop();
    }

    @Test
    void doesNotStartOnADamagedJournalAndSaysWhichFile() throws Exception {
        Broker first = start();
        send();
        first.stop();
        for (Path checkpoint : journalFiles("checkpoint")) {
            Files.delete(checkpoint);
        }
        Path segment = journalFiles("segment").get(0);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 4;
        Files.write(segment, bytes);

        assertThatThrownBy(this::start).isInstanceOfSatisfying(StartFailure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(StartFailure.Reason.DATA_DAMAGED);
            assertThat(failure.getMessage())
                    .contains(segment.getFileName().toString())
                    .doesNotContain("\n");
        });
        assertThat(segment).hasBinaryContent(bytes);
        DataDirectory.open(directory, 1, Optional.empty()).close();
    }
}
