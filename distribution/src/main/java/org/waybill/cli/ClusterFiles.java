package org.waybill.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.waybill.config.AmqpSettings;
import org.waybill.config.Settings;

/** The settings files of a cluster's nodes: the same but for the node that each is for. */
final class ClusterFiles {
    private static final int LINK_PORT = 5680;
    private static final int ELECTION_PORT = 5681;
    private static final int SECRET_BYTES = 24;

    private final String cluster;
    private final List<Node> nodes;

    /** One node, and where it is. */
    private record Node(String name, String host, int amqpPort, int linkPort, int electionPort, String data) {}

    private ClusterFiles(String cluster, List<Node> nodes) {
        this.cluster = cluster;
        this.nodes = List.copyOf(nodes);
    }

    /** Of nodes on hosts of their own, named as {@code n1=10.0.0.1,n2=10.0.0.2,n3=10.0.0.3}. */
    static ClusterFiles ofHosts(String cluster, String named) {
        List<Node> nodes = new ArrayList<>();
        for (String each : named.split(",", -1)) {
            String[] parts = each.strip().split("=", -1);
            if (parts.length != 2 || !parts[0].matches("[A-Za-z0-9._-]+") || !parts[1].matches("[A-Za-z0-9.:_-]+")) {
                throw new CliFailure(
                        ExitCode.USAGE,
                        "--nodes has '" + each + "', each must be a name and a host, such as n1=10.0.0.1.");
            }
            nodes.add(new Node(parts[0], parts[1], AmqpSettings.defaults().port(), LINK_PORT, ELECTION_PORT, "data"));
        }
        return new ClusterFiles(cluster, nodes);
    }

    /** Of three nodes on loopback, whose ports begin with one for AMQP, and ten and twenty above. */
    static ClusterFiles onLoopback(Path directory, int port) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "n" + (i + 1);
            nodes.add(new Node(
                    name,
                    "127.0.0.1",
                    port + i,
                    port + 10 + i,
                    port + 20 + i,
                    directory.resolve(name).toString()));
        }
        return new ClusterFiles("demo", nodes);
    }

    /**
     * Writes a file for each node, which only its owner may read.
     *
     * @throws CliFailure if one is there already, or the nodes make no cluster; nothing is left then
     */
    List<Path> write(Path directory) {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        String hex = HexFormat.of().formatHex(secret);
        List<Path> written = new ArrayList<>();
        try {
            Files.createDirectories(directory);
            for (Node node : nodes) {
                Path file = directory.resolve(node.name + ".yaml");
                create(file);
                written.add(file);
                Files.writeString(file, text(node, hex), StandardOpenOption.TRUNCATE_EXISTING);
                Settings.read(file);
            }
            return written;
        } catch (FileAlreadyExistsException there) {
            written.forEach(ClusterFiles::delete);
            throw new CliFailure(ExitCode.USAGE, "The file " + there.getFile() + " is there already.");
        } catch (IOException unwritable) {
            written.forEach(ClusterFiles::delete);
            throw new UncheckedIOException("The files cannot be written: " + unwritable.getMessage() + ".", unwritable);
        } catch (RuntimeException refused) {
            written.forEach(ClusterFiles::delete);
            throw refused;
        }
    }

    private static void create(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            throw new UncheckedIOException("The file " + file + " cannot be deleted: " + kept.getMessage() + ".", kept);
        }
    }

    private String text(Node self, String secret) {
        StringBuilder text = new StringBuilder(1_024);
        text.append("# Node ")
                .append(self.name)
                .append(" of the cluster ")
                .append(cluster)
                .append(".\n");
        text.append("# Only node, amqp and data-directory may differ between the nodes' files; docs/clustering.md\n");
        text.append("data-directory: \"")
                .append(self.data.replace("\\", "\\\\"))
                .append("\"\n");
        text.append("amqp:\n");
        text.append("  host: ").append(self.host).append('\n');
        text.append("  port: ").append(self.amqpPort).append('\n');
        text.append("cluster:\n");
        text.append("  name: ").append(cluster).append('\n');
        text.append("  node: ").append(self.name).append('\n');
        text.append("  secret: \"").append(secret).append("\"\n");
        text.append(
                "  # Encrypts what nodes say to each other; docs/clustering.md says how to make the certificates.\n");
        text.append(String.format(
                "  # tls: { certificate: \"%1$s.pem\", key: \"%1$s.key\", trust: \"ca.pem\" }%n", self.name));
        text.append("  nodes:\n");
        int id = 1;
        for (Node node : nodes) {
            text.append(String.format(
                    "    - { name: %s, id: %d, host: %s, port: %d, election-port: %d, clients: \"amqp://%s:%d\" }%n",
                    node.name, id++, node.host, node.linkPort, node.electionPort, node.host, node.amqpPort));
        }
        return text.toString();
    }
}
