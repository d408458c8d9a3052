package org.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.waybill.config.Settings;

/** What is in the archive that users get. */
final class ArchiveIT {
    private static final Path ZIP = Path.of(System.getProperty("waybill.zip"));
    private static final String TOP = "waybill-" + System.getProperty("waybill.version") + "/";

    private final Set<String> names = names();

    @Test
    void holdsOneDirectoryWithEverythingToRunIt() {
        assertThat(names).allMatch(name -> name.startsWith(TOP));
        assertThat(names)
                .contains(
                        TOP + "bin/waybill",
                        TOP + "bin/waybill.bat",
                        TOP + "conf/waybill.yaml",
                        TOP + "connector/waybill.rar",
                        TOP + "lib/waybill.jar",
                        TOP + "bom.json",
                        TOP + "LICENSE",
                        TOP + "NOTICE",
                        TOP + "README.md");
    }

    @Test
    void everyLibraryHasItsLicence() {
        List<String[]> licences = text("licenses/libraries.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" +"))
                .toList();
        Set<String> libraries = names.stream()
                .filter(name -> name.startsWith(TOP + "lib/"))
                .map(name -> name.substring((TOP + "lib/").length()))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(libraries).isNotEmpty().allMatch(library -> licences.stream()
                .anyMatch(licence -> library.startsWith(licence[0])));
        assertThat(licences).allMatch(licence -> names.contains(TOP + "licenses/" + licence[2]));
        assertThat(licences)
                .allMatch(licence -> libraries.stream().anyMatch(library -> library.startsWith(licence[0])));
    }

    @Test
    void theResourceAdapterHoldsLibrariesOfTheArchiveAndNotTheServersApi() throws IOException {
        try (ZipFile zip = new ZipFile(ZIP.toFile());
                ZipInputStream rar =
                        new ZipInputStream(zip.getInputStream(zip.getEntry(TOP + "connector/waybill.rar")))) {
            Set<String> inside = new TreeSet<>();
            for (ZipEntry entry = rar.getNextEntry(); entry != null; entry = rar.getNextEntry()) {
                inside.add(entry.getName());
            }
            assertThat(inside)
                    .contains("META-INF/ra.xml", "waybill.jar")
                    .noneMatch(name -> name.startsWith("jakarta."));
            assertThat(inside)
                    .filteredOn(name -> name.endsWith(".jar"))
                    .allMatch(name -> names.contains(TOP + "lib/" + name));
        }
    }

    @Test
    void settingsFileIsTheDocumentedOne() throws IOException {
        try (var documented = Settings.class.getResourceAsStream("waybill.yaml")) {
            assertThat(text("conf/waybill.yaml"))
                    .isEqualTo(new String(documented.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void launcherStaysShort() {
        assertThat(text("bin/waybill").lines().count()).isLessThan(60);
        assertThat(text("bin/waybill.bat").lines().count()).isLessThan(60);
    }

    private static Set<String> names() {
        try (ZipFile zip = new ZipFile(ZIP.toFile())) {
            return zip.stream().map(entry -> entry.getName()).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(String name) {
        try (ZipFile zip = new ZipFile(ZIP.toFile())) {
            return new String(zip.getInputStream(zip.getEntry(TOP + name)).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
