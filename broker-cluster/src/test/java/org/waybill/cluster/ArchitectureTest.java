package org.waybill.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** What the parts of a cluster may know. */
final class ArchitectureTest {
    private static final JavaClasses CLUSTER = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.waybill.cluster");

    @Test
    void replicationKnowsTheJournalAndNobodyElse() {
        classes()
                .that()
                .resideInAPackage("org.waybill.cluster.replication")
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                        "org.waybill.cluster.replication",
                        "org.waybill.journal",
                        "org.waybill.io",
                        "org.jspecify..",
                        "java.lang..",
                        "java.io",
                        "java.nio..",
                        "java.util",
                        "java.util.function",
                        "java.util.random",
                        "java.util.zip"))
                .because("the same code runs in the simulation, with nothing of a machine around it")
                .check(CLUSTER);
    }

    @Test
    void electionsKnowReplicasAndNobodyElse() {
        classes()
                .that()
                .resideInAPackage("org.waybill.cluster.election")
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                        "org.waybill.cluster.election",
                        "org.waybill.cluster.replication",
                        "org.waybill.io",
                        "org.jspecify..",
                        "java.lang..",
                        "java.util",
                        "java.util.concurrent..",
                        "java.util.function",
                        "java.util.stream"))
                .because("the same code runs in the simulation, and registers may be kept by somebody else one day")
                .check(CLUSTER);
    }

    @Test
    void onlyOnePackageKnowsHazelcast() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.waybill.cluster.hazelcast")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("com.hazelcast.."))
                .because("it is pinned to the last release that can be used, and may have to be replaced")
                .check(CLUSTER);
    }

    @Test
    void timeAndChanceAreParameters() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat(JavaClass.Predicates.assignableTo(java.util.Random.class)
                        .and(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(SecureRandom.class))))
                .because("a course of events that cannot be repeated cannot be understood; secrets cannot be foretold")
                .check(CLUSTER);
    }
}
