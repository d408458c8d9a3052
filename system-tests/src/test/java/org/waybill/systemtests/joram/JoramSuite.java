package org.waybill.systemtests.joram;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/** Every test of the suite by name ({@code package.Class.method} below its root package), as the suite has it and as our list has it. */
final class JoramSuite {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ROOT = "org.objectweb.jtests.jms.conform.";
    private static final List<String> CLASSES = List.of(
            "connection.ConnectionTest",
            "connection.TopicConnectionTest",
            "message.MessageBodyTest",
            "message.MessageDefaultTest",
            "message.MessageTypeTest",
            "message.headers.MessageHeaderTest",
            "message.properties.JMSXPropertyTest",
            "message.properties.MessagePropertyConversionTest",
            "message.properties.MessagePropertyTest",
            "queue.QueueBrowserTest",
            "queue.TemporaryQueueTest",
            "selector.SelectorSyntaxTest",
            "selector.SelectorTest",
            "session.QueueSessionTest",
            "session.SessionTest",
            "session.TopicSessionTest",
            "session.UnifiedSessionTest",
            "topic.TemporaryTopicTest");

    private JoramSuite() {}

    /** The tests that the suite holds, by name. */
    static Map<String, TestCase> tests() {
        Map<String, TestCase> tests = new TreeMap<>();
        for (String name : CLASSES) {
            try {
                TestSuite suite = new TestSuite(Class.forName(ROOT + name).asSubclass(TestCase.class));
                Enumeration<Test> members = suite.tests();
                while (members.hasMoreElements()) {
                    TestCase test = (TestCase) members.nextElement();
                    tests.put(name + "." + test.getName(), test);
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("the suite has no class " + name, e);
            }
        }
        return tests;
    }

    /** The tests that our list names. */
    static Set<String> list() {
        Set<String> names = new TreeSet<>();
        for (String line : lines("joram-tests.txt")) {
            if (!line.isBlank() && !line.startsWith("#") && !names.add(line.strip())) {
                throw new IllegalStateException("joram-tests.txt: twice: " + line);
            }
        }
        return names;
    }

    /** Every test of the suite, run through this client. */
    static Stream<DynamicTest> through(Client client) {
        return tests().entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    JndiAdmin.use(client);
                    Throwable failure = assertTimeoutPreemptively(LIMIT, () -> run(entry.getValue()));
                    if (failure != null) {
                        throw new AssertionError(entry.getKey() + ": " + failure.getMessage(), failure);
                    }
                }));
    }

    /** Runs one test as JUnit 3 would, and returns what went wrong, or null. */
    static @Nullable Throwable run(TestCase test) {
        TestResult result = new TestResult();
        test.run(result);
        List<TestFailure> failures = new ArrayList<>();
        result.failures().asIterator().forEachRemaining(failures::add);
        result.errors().asIterator().forEachRemaining(failures::add);
        return failures.isEmpty() ? null : failures.get(0).thrownException();
    }

    private static List<String> lines(String resource) {
        try (InputStream in = JoramSuite.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
