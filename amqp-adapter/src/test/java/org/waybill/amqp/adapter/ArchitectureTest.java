package org.waybill.amqp.adapter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** The adapter's layers. */
final class ArchitectureTest {
    private final JavaClasses adapter = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.waybill.amqp.adapter", "org.waybill.amqp.sasl");

    @Test
    void seesOfTheBrokerOnlyItsSeams() {
        classes()
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideOutsideOfPackage("org.waybill..")
                        .or(JavaClass.Predicates.resideInAnyPackage(
                                "org.waybill.amqp..",
                                "org.waybill.message",
                                "org.waybill.spi",
                                "org.waybill.io",
                                "org.waybill.config",
                                "org.waybill.security",
                                "org.waybill.selector")))
                .because("a protocol must not know how the broker keeps its promises, so that either can change alone")
                .check(adapter);
    }

    @Test
    void mechanismsKnowNoFrames() {
        noClasses()
                .that()
                .resideInAPackage("org.waybill.amqp.sasl")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.waybill.amqp.adapter", "org.waybill.amqp.engine", "org.apache.qpid..", "io.netty..")
                .because("they are tested and judged by their own specifications")
                .check(adapter);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("org.waybill.amqp.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a cycle is one room with a wall in it")
                .check(adapter);
    }

    @Test
    void nothingBlocksOrSynchronizes() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Object.class, "wait")
                .because("everything here runs on event loops")
                .check(adapter);
    }
}
