package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Apache Artemis from its binary archive on Maven Central, in an instance made by its own {@code create} with its
 * defaults; the journal is tuned by its own probe. One acceptor for AMQP and Core with the attributes of the shipped one for AMQP.
 */
final class ArtemisBroker implements Broker {
    /** The release compared with. */
    static final String VERSION = "2.56.0";

    private static final String ARCHIVE = "org.apache.artemis:apache-artemis:" + VERSION + ":tar.gz:bin";
    private final Journal journal;
    private final Path downloads;
    private final Path work;
    private final int port;

    /** Uses the port and the two above it. */
    ArtemisBroker(Journal journal, Path work, int port) {
        this.journal = journal;
        this.downloads = work.resolve("downloads");
        this.work = work.resolve(name());
        this.port = port;
    }

    @Override
    public String name() {
        return journal == Journal.AIO ? "artemis-aio" : "artemis";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Path data() {
        return work.resolve("data");
    }

    private Path home() {
        return downloads.resolve("apache-artemis-" + VERSION);
    }

    private Path instance() {
        return work.resolve("instance");
    }

    @Override
    public void prepare() throws IOException {
        if (!Files.isDirectory(home())) {
            Files.createDirectories(downloads);
            Tool.run(
                    "mvn",
                    "-q",
                    "-B",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy",
                    "-Dartifact=" + ARCHIVE,
                    "-DoutputDirectory=" + downloads);
            Tool.run("tar", "xzf", home() + "-bin.tar.gz", "-C", downloads.toString());
        }
        Folders.delete(instance());
        Files.createDirectories(work);
        String output = Tool.run(
                home().resolve("bin/artemis").toString(),
                "create",
                instance().toString(),
                "--silent",
                "--user",
                "admin",
                "--password",
                "admin",
                "--allow-anonymous",
                journal == Journal.AIO ? "--aio" : "--nio",
                "--host",
                "127.0.0.1",
                "--data",
                data().toString(),
                "--default-port",
                Integer.toString(port + 1),
                "--http-port",
                Integer.toString(port + 2),
                "--no-stomp-acceptor",
                "--no-mqtt-acceptor",
                "--no-hornetq-acceptor",
                "--no-amqp-acceptor");
        Path configuration = instance().resolve("etc/broker.xml");
        String xml = Files.readString(configuration);
        if (journal == Journal.AIO && !xml.contains("ASYNCIO")) {
            throw new IOException("Artemis found no libaio on this machine (Debian package libaio1): " + output);
        }
        Files.writeString(configuration, xml.replace("<acceptors>", "<acceptors>" + acceptor()));
    }

    private String acceptor() {
        return "<acceptor name=\"amqp\">tcp://127.0.0.1:" + port
                + "?tcpSendBufferSize=1048576;tcpReceiveBufferSize=1048576;protocols=AMQP,CORE;useEpoll=true;amqpCredits=1000;"
                + "amqpLowCredits=300;amqpMinLargeMessageSize=102400;amqpDuplicateDetection=true</acceptor>";
    }

    @Override
    public ProcessBuilder launcher(String heap) {
        ProcessBuilder process =
                new ProcessBuilder(instance().resolve("bin/artemis").toString(), "run");
        // besides the heap, what the shipped launcher gives the JVM
        String options = "-XX:AutoBoxCacheMax=20000 -XX:+UseG1GC -XX:+UseStringDeduplication";
        process.environment().put("JAVA_ARGS", options + " -Xms" + heap + " -Xmx" + heap);
        return process;
    }

    @Override
    public List<String> loadArguments() {
        // XA is not to be had over AMQP there
        return List.of(
                "capability=queue",
                "xa-factory=org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory",
                "xa-scheme=tcp");
    }

    /** How Artemis writes its journal. */
    enum Journal {
        /** Java's own file channel. */
        NIO,
        /** libaio with direct I/O. */
        AIO
    }
}
