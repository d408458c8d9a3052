package org.waybill.jms.uri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The manual has every option, with its default. */
class ManualTest {
    @Test
    void hasEveryOptionWithItsDefault() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "jms-client.md"));
        List<Option<?>> options = new ArrayList<>();
        options.addAll(JmsDraft.OPTIONS.options().values());
        options.addAll(ServerDraft.OPTIONS.options().values());
        options.addAll(FailoverDraft.OPTIONS.options().values());

        for (Option<?> option : options) {
            Optional<String> row = lines.stream()
                    .filter(line ->
                            line.startsWith("| `") && line.split("\\|", -1)[1].contains("`" + option.name() + "`"))
                    .findFirst();
            assertThat(row).as("a row of %s", option.name()).isPresent();
            if (option.standard() != null && !option.standard().isEmpty()) {
                assertThat(row.get().split("\\|", -1)[2])
                        .as("the default of %s", option.name())
                        .contains(option.standard());
            }
        }
    }
}
