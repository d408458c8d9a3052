package org.waybill;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.waybill.io.SystemClock;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.ProtocolAdapter;

/** The core's layers: an arrow goes only downwards. */
final class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.waybill");

    @Test
    void messagesKnowNobody() {
        only("message").because("everybody handles messages, on any thread").check(CORE);
    }

    @Test
    void theSeamsToTheMachineKnowNobody() {
        only("io")
                .because("whatever is built on them runs on a simulated machine, too")
                .check(CORE);
    }

    @Test
    void selectorsKnowNoMessage() {
        only("selector")
                .because("a grammar is tested and judged by its own specification")
                .check(CORE);
    }

    @Test
    void usersKnowNoBroker() {
        only("security")
                .because("the command line adds users without starting anything")
                .check(CORE);
    }

    @Test
    void theJournalKnowsNoQueue() {
        only("journal", "io")
                .because("what it keeps are bytes, so that its format and its recovery can be tested without meaning")
                .check(CORE);
    }

    @Test
    void queuesKnowNoJournalNoSessionAndNoLoop() {
        only("queue", "message", "selector", "io")
                .because("the order of messages is tested against a list; durability is asked of Facts")
                .check(CORE);
    }

    @Test
    void transactionsKnowNoLogAndNoOtherShard() {
        only("tx", "queue", "message", "io")
                .because("what a shard has promised is one thing, and who carries messages between shards another")
                .check(CORE);
    }

    @Test
    void theSpiKnowsNoShard() {
        only("spi", "message", "selector", "io", "config", "security")
                .because("an adapter must not reach through the seam")
                .check(CORE);
    }

    @Test
    void shardsKnowNoBroker() {
        only("shard", "message", "selector", "io", "config", "spi", "queue", "tx", "journal")
                .because("a whole broker's shards run in one thread of a test")
                .check(CORE);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("org.waybill.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a cycle is one room with a wall in it")
                .check(CORE);
    }

    @Test
    void onlyTheRootAndTheSeamKnowVertx() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.waybill.broker", "org.waybill.spi")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.vertx..")
                .because("event loops are seen through io.Loop, so that a test can be one")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage("org.waybill.spi")
                .and(JavaClass.Predicates.belongToAnyOf(AdapterContext.class, ProtocolAdapter.class)
                        .negate())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.vertx..")
                .because("sessions, producers and consumers can be faked without an event-loop library")
                .check(CORE);
    }

    @Test
    void theCoreKnowsNoProtocol() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.qpid..", "org.waybill.amqp..", "jakarta.jms..")
                .because("protocols are found as adapters; a second one must not need a second core")
                .check(CORE);
    }

    @Test
    void timeAndChanceAreParameters() {
        noClasses()
                .that()
                .areNotAssignableTo(SystemClock.class)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.Clock.class, "systemUTC")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.concurrent.ThreadLocalRandom.class)
                .because("what cannot be repeated cannot be tested: use io.Clock and a seed")
                .check(CORE);
    }

    @Test
    void nobodySleepsOrWaitsForAMonitor() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Object.class, "wait")
                .orShould()
                .callMethod(Object.class, "notifyAll")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.concurrent.locks.Lock.class)
                .because("one writer a shard needs no lock, and a blocked loop blocks every client on it")
                .check(CORE);
        methods()
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .because("one writer a shard needs no lock")
                .check(CORE);
    }

    @Test
    void noBlockIsSynchronized() throws IOException {
        Pattern block = Pattern.compile("\\bsynchronized\\s*\\(");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            assertThat(sources).hasSizeGreaterThan(100);
            assertThat(sources).as("one writer a shard needs no lock").noneMatch(file -> block.matcher(text(file))
                    .find());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Of this program, a package may use itself and these. */
    private static ClassesShouldConjunction only(String name, String... others) {
        String[] known = Stream.concat(Stream.of(name), Arrays.stream(others))
                .map(other -> "org.waybill." + other)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage("org.waybill." + name)
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideOutsideOfPackage("org.waybill..")
                        .or(JavaClass.Predicates.resideInAnyPackage(known)));
    }
}
