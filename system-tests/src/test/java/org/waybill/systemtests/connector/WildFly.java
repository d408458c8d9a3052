package org.waybill.systemtests.connector;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.connector.beans.Forwarder;

/** An application server with the resource adapter, configured as docs/resource-adapter.md says. One test owns it. */
final class WildFly implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final Path base;
    private OtherProcess server;

    private WildFly(Path base) {
        this.base = base;
    }

    /** A new one, for the broker on this port; returns when the beans are deployed. */
    static WildFly start(int brokerPort) {
        try {
            Path base = Distribution.newDirectory("wildfly").resolve("standalone");
            copy(home().resolve("standalone"), base);
            configure(base.resolve("configuration/standalone.xml"), brokerPort);
            Path deployments = base.resolve("deployments");
            Files.copy(Distribution.home().resolve("connector/waybill.rar"), deployments.resolve("waybill.rar"));
            pack(deployments.resolve("beans.jar"));
            WildFly made = new WildFly(base);
            made.start();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path home() {
        return Path.of(Distribution.required("waybill.wildfly"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void configure(Path file, int brokerPort) throws IOException {
        String xml = Files.readString(file);
        String adapter = resource("resource-adapters.xml").replace("5672", String.valueOf(brokerPort));
        xml = replace(xml, "<subsystem xmlns=\"urn:jboss:domain:resource-adapters:7.1\"/>", adapter);
        xml = replace(
                xml,
                "</session-bean>",
                "</session-bean><mdb><resource-adapter-ref resource-adapter-name=\"waybill.rar\"/>"
                        + "<bean-instance-pool-ref pool-name=\"mdb-strict-max-pool\"/></mdb>");
        Files.writeString(file, xml);
    }

    private static String replace(String text, String what, String by) {
        if (!text.contains(what)) {
            throw new AssertionError("the server's configuration has no " + what);
        }
        return text.replace(what, by);
    }

    private static String resource(String name) throws IOException {
        try (var in = WildFly.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void pack(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Dependencies"), "jakarta.jms.api,org.jboss.jts");
        String folder = Forwarder.class.getPackageName().replace('.', '/') + "/";
        Path classes;
        try {
            classes = Path.of(Forwarder.class.getResource("Forwarder.class").toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.list(classes)) {
            for (Path file : files.toList()) {
                entries.putNextEntry(new JarEntry(folder + file.getFileName()));
                Files.copy(file, entries);
            }
        }
    }

    /** Starts it, for the first time or again after its end. */
    void start() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC"));
        for (String opened : List.of(
                "java.base/java.lang",
                "java.base/java.lang.invoke",
                "java.base/java.lang.reflect",
                "java.base/java.io",
                "java.base/java.net",
                "java.base/java.security",
                "java.base/java.util",
                "java.base/java.util.concurrent",
                "java.management/javax.management",
                "java.naming/javax.naming")) {
            command.add("--add-opens=" + opened + "=ALL-UNNAMED");
        }
        for (String port : List.of("http", "https", "management.http", "management.https")) {
            command.add("-Djboss." + port + ".port=" + Ports.free());
        }
        command.addAll(List.of(
                "-Djboss.home.dir=" + home(),
                "-Djboss.server.base.dir=" + base,
                "-DRecoveryEnvironmentBean.periodicRecoveryPeriod=3",
                "-DRecoveryEnvironmentBean.recoveryBackoffPeriod=2",
                "-jar",
                home().resolve("jboss-modules.jar").toString(),
                "-mp",
                home().resolve("modules").toString(),
                "org.jboss.as.standalone"));
        OtherProcess started = OtherProcess.start(command);
        server = started;
        await("the application server")
                .atMost(READY_WITHIN)
                .until(() -> started.output().contains("WFLYSRV0010: Deployed \"beans.jar\"")
                                && started.output().contains("WFLYSRV0025")
                        || started.output().contains("WFLYSRV0026")
                        || !started.isAlive());
        if (!started.isAlive() || started.output().contains("WFLYSRV0026")) {
            close();
            throw new AssertionError("The application server did not start:\n" + started.output());
        }
    }

    /** Waits until it has died by itself. */
    void awaitDeath() {
        await("the application server's death").atMost(READY_WITHIN).until(() -> !server.isAlive());
    }

    /** What it has written since it was started. */
    String output() {
        return server.output();
    }

    @Override
    public void close() {
        server.close();
    }
}
