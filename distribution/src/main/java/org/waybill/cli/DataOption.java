package org.waybill.cli;

import java.nio.file.Path;
import org.waybill.config.Settings;
import picocli.CommandLine.Option;

/** The option that names a data directory. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The broker's data directory; default: data in the working directory.")
    Path directory = Settings.defaults().dataDirectory();
}
