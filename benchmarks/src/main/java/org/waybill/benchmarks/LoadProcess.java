package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.waybill.benchmarks.load.LoadMain;

/**
 * One run of the load generator. Each has a JVM of its own, so that no broker is driven by a client that another has
 * warmed.
 */
final class LoadProcess {
    private static final String RESULT = "RESULT ";
    private static final Pattern BLANK = Pattern.compile(" ");
    private static final long LIMIT_SECONDS = 240;

    private LoadProcess() {}

    /** Runs it and returns its figures as text by name; {@code failed} says why there are none. */
    static Map<String, String> run(String mode, BrokerProcess broker, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(JavaCommand.of("-Xms512m", "-Xmx1536m", "-XX:+UseSerialGC"));
        command.add(LoadMain.class.getName());
        command.add(mode);
        command.add("port=" + broker.broker().port());
        command.add("pid=" + broker.pid());
        command.addAll(broker.broker().loadArguments());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread endWithJvm = new Thread(process::destroyForcibly, "end-load");
        Runtime.getRuntime().addShutdownHook(endWithJvm);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        return figures(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static Map<String, String> figures(String output) {
        Map<String, String> figures = new LinkedHashMap<>();
        output.lines()
                .filter(line -> line.startsWith(RESULT))
                .flatMap(line -> BLANK.splitAsStream(line.substring(RESULT.length())))
                .forEach(pair -> {
                    int equals = pair.indexOf('=');
                    figures.put(pair.substring(0, equals), pair.substring(equals + 1));
                });
        if (figures.isEmpty()) {
            figures.put("failed", "no_result");
        }
        return figures;
    }
}
