package org.waybill.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a data directory keeps, and when it refuses. */
class DataDirectoryTest {
    @TempDir
    Path parent;

    private StartFailure.Reason refusal(Path path) {
        StartFailure[] failure = {null};
        assertThatThrownBy(() -> DataDirectory.open(path, 1, Optional.empty()).close())
                .isInstanceOfSatisfying(StartFailure.class, refused -> failure[0] = refused)
                .message()
                .contains(path.toString())
                .doesNotContain("\n");
        return failure[0].reason();
    }

    @Test
    void keepsItsIdAndItsShardsForEver() {
        Path path = parent.resolve("made/on/demand");
        String id;
        try (DataDirectory data = DataDirectory.open(path, 3, Optional.empty())) {
            id = data.brokerId();
            assertThat(data.shards()).isEqualTo(3);
            assertThat(data.journal()).isDirectory();
        }
        try (DataDirectory data = DataDirectory.open(path, 5, Optional.empty())) {
            assertThat(data.brokerId()).isEqualTo(id);
            assertThat(data.shards()).isEqualTo(3);
        }
    }

    @Test
    void belongsToOneClusterOrToNone() throws IOException {
        Path alone = parent.resolve("alone");
        Path ofOrders = parent.resolve("of-orders");
        DataDirectory.open(alone, 1, Optional.empty()).close();
        DataDirectory.open(ofOrders, 1, Optional.of("orders")).close();

        DataDirectory.open(ofOrders, 1, Optional.of("orders")).close();
        assertRefused(ofOrders, Optional.empty(), "a node of the cluster orders: start it with that node's --config");
        assertRefused(ofOrders, Optional.of("bills"), "a node of the cluster orders, not of the cluster bills");
        assertRefused(alone, Optional.of("orders"), "a broker without a cluster: 'waybill cluster adopt'");

        String id;
        try (DataDirectory data = DataDirectory.open(alone, 1, Optional.empty())) {
            id = data.brokerId();
            data.join("orders");
        }
        try (DataDirectory data = DataDirectory.open(alone, 3, Optional.of("orders"))) {
            assertThat(data.brokerId()).isEqualTo(id);
            assertThat(data.shards()).isEqualTo(1);
        }
    }

    private static void assertRefused(Path path, Optional<String> cluster, String why) {
        assertThatThrownBy(() -> DataDirectory.open(path, 1, cluster).close())
                .isInstanceOfSatisfying(StartFailure.class, refused -> assertThat(refused.reason())
                        .isEqualTo(StartFailure.Reason.DATA_UNUSABLE))
                .hasMessageContaining(path.toString())
                .hasMessageContaining(why);
    }

    @Test
    void opensOnceAtATime() {
        try (DataDirectory data = DataDirectory.open(parent, 1, Optional.empty())) {
            assertThat(refusal(data.path())).isEqualTo(StartFailure.Reason.DATA_IN_USE);
            assertThat(parent.resolve(DataDirectory.LOCK_FILE))
                    .hasContent(ProcessHandle.current().pid() + "\n");
        }
        DataDirectory.open(parent, 1, Optional.empty()).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "format=2\nbroker-id=x\nshards=1\n",
                "broker-id=x\nshards=1\n",
                "format=1\nbroker-id=x\nshards=many\n",
                "format=1\nbroker-id=x\nshards=0\n",
                "format=1\nbroker-id=x\n",
                ""
            })
    void refusesWhatItCannotRead(String properties) throws IOException {
        Files.writeString(parent.resolve("waybill.properties"), properties);
        assertThat(refusal(parent)).isEqualTo(StartFailure.Reason.DATA_UNUSABLE);
        assertThat(parent.resolve("waybill.properties")).hasContent(properties);
    }

    @Test
    void refusesAPlaceThatIsAFile() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertThat(refusal(file)).isEqualTo(StartFailure.Reason.DATA_UNUSABLE);
    }
}
