package org.waybill.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What proves that a node belongs to its cluster: a secret, certificates, or both. */
final class ClusterSettingsTest {
    private static final String NODES =
            """
            cluster:
              node: b
              %s
              nodes:
                - { name: a, id: 1, host: 10.0.0.1, port: 5680, election-port: 5681, clients: "amqp://10.0.0.1:5672" }
                - { name: b, id: 2, host: 10.0.0.2, port: 5680, election-port: 5681, clients: "amqp://10.0.0.2:5672" }
                - { name: c, id: 3, host: 10.0.0.3, port: 5680, election-port: 5681, clients: "amqp://10.0.0.3:5672" }
            """;
    private static final String TLS = "tls: { certificate: b.pem, key: b.key, trust: all.pem }";

    private static ClusterSettings cluster(String proof) {
        return SettingsFile.parse("f", NODES.formatted(proof)).cluster().orElseThrow();
    }

    @Test
    void aSecretIsTakenFromTheSettingsOrFromAFile(@TempDir Path directory) throws IOException {
        assertThat(cluster("secret: sixteen or more!").secret()).isEqualTo("sixteen or more!");
        Path file = Files.writeString(directory.resolve("secret"), "from a file, long enough\n");
        ClusterSettings settings = cluster("secret-file: " + file);
        assertThat(settings.secret()).isEqualTo("from a file, long enough");
        assertThat(settings.tls()).isNull();
        assertThat(settings.toString()).doesNotContain("from a file");
    }

    @Test
    void certificatesNeedNoSecretButMayHaveOneBesides() {
        ClusterSettings alone = cluster(TLS);
        assertThat(alone.secret()).isNull();
        assertThat(alone.tls()).isEqualTo(new ClusterTls(Path.of("b.pem"), Path.of("b.key"), Path.of("all.pem"), true));
        ClusterSettings both = cluster("secret: sixteen or more!\n  " + TLS.replace("}", ", check-names: false }"));
        assertThat(both.secret()).isEqualTo("sixteen or more!");
        assertThat(Objects.requireNonNull(both.tls()).checkNames()).isFalse();
    }

    @Test
    void withoutProofThereIsNoCluster() {
        assertThatThrownBy(() -> cluster("name: orders"))
                .isInstanceOf(SettingsError.class)
                .hasMessageContaining("cluster.secret");
        assertThatThrownBy(() -> cluster("secret: too short"))
                .isInstanceOf(SettingsError.class)
                .hasMessageContaining("is too short");
        assertThatThrownBy(() -> cluster("tls: { certificate: b.pem, key: b.key }"))
                .isInstanceOf(SettingsError.class)
                .hasMessageContaining("cluster.tls.trust");
    }
}
