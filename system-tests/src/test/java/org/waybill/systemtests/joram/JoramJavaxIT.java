package org.waybill.systemtests.joram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.JavaProcess;
import org.waybill.systemtests.RunningBroker;

/** The suite as it was published, for {@code javax.jms}, through the jar of our client that has these names. */
final class JoramJavaxIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** What of this class path has the other names, or is there in another form. */
    private static final List<String> OTHERS = List.of("jakarta.jms-api", "joram-jms-tests", "waybill-jms-client");

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @TestFactory
    Stream<DynamicTest> throughTheJavaxJar() throws IOException {
        Map<String, String> results = results();
        return JoramSuite.list().stream()
                .map(name -> dynamicTest(name, () -> assertThat(results).containsEntry(name, JoramMain.PASSED)));
    }

    private static Map<String, String> results() throws IOException {
        List<String> arguments = List.of(String.valueOf(BROKER.port()));
        try (JavaProcess suite = JavaProcess.start(classPath(), JoramMain.class, arguments)) {
            if (!suite.endsWithin(LIMIT)) {
                throw new AssertionError("the suite did not end: " + suite.output());
            }
            return suite.stdoutLines().stream()
                    .map(line -> line.split(" ", 2))
                    .filter(words -> words.length == 2)
                    .collect(Collectors.toMap(words -> words[0], words -> words[1], (first, last) -> last));
        }
    }

    private static String classPath() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of(Distribution.required("waybill.javax")))) {
            Stream<String> ours = Arrays.stream(JavaProcess.classPath().split(File.pathSeparator, -1))
                    .filter(entry -> OTHERS.stream().noneMatch(nameOf(entry)::startsWith));
            return Stream.concat(jars.map(Path::toString), ours).collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static String nameOf(String entry) {
        return String.valueOf(Path.of(entry).getFileName());
    }
}
