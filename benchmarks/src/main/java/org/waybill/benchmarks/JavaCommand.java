package org.waybill.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The start of a command line that runs a class of this class path on this JVM. */
final class JavaCommand {
    private JavaCommand() {}

    static List<String> of(String... jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvmOptions));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }
}
