package org.waybill.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a settings file into {@link Settings}. */
final class SettingsFile {
    private SettingsFile() {}

    static Settings read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SettingsError(file + " does not exist.");
        } catch (CharacterCodingException e) {
            throw new SettingsError(file + " is not a text file in UTF-8.");
        } catch (IOException e) {
            throw new SettingsError(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    static Settings parse(String file, String text) {
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1))
                    .orElse("");
            throw new SettingsError(file + line + ": this is not YAML: " + e.getProblem() + ".");
        } catch (YamlEngineException e) {
            throw new SettingsError(file + ": this is not YAML: " + e.getMessage() + ".");
        }
        Settings or = Settings.defaults();
        return root.isEmpty() ? or : read(Section.of(file, "", root.get()), or);
    }

    private static Settings read(Section in, Settings or) {
        Settings settings = new Settings(
                Path.of(in.text("data-directory", or.dataDirectory().toString())),
                in.integer("shards", or.shards(), 0, 256),
                in.section("amqp").map(AmqpSettings::read).orElse(or.amqp()),
                in.section("journal").map(JournalSettings::read).orElse(or.journal()),
                in.section("memory").map(MemorySettings::read).orElse(or.memory()),
                in.section("transactions").map(TransactionSettings::read).orElse(or.transactions()),
                in.section("exactly-once").map(ExactlyOnceSettings::read).orElse(or.exactlyOnce()),
                in.sections("addresses").map(SettingsFile::addresses).orElse(or.addresses()),
                in.sectionOrNone("cluster").map(ClusterSettings::read));
        in.refuseUnknownKeys();
        return settings;
    }

    private static List<AddressSettings> addresses(List<Section> sections) {
        Map<AddressPattern, Section> seen = new HashMap<>();
        for (Section section : sections) {
            Section earlier = seen.put(section.pattern("match"), section);
            if (earlier != null) {
                throw section.error("match", "stands in line " + earlier.line("match") + " already");
            }
        }
        return sections.stream().map(AddressSettings::read).toList();
    }
}
