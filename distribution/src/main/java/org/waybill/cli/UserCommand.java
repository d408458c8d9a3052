package org.waybill.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.waybill.security.UserFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill user}: who may log in. */
@Command(
        name = "user",
        description = "Add, remove or list users, also beside a running broker.",
        mixinStandardHelpOptions = true)
final class UserCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of add, remove, list.");
    }

    @Command(
            name = "add",
            description = "Add a user, or give one a new password, which is read from standard input.",
            mixinStandardHelpOptions = true)
    void add(@Parameters(paramLabel = "NAME") String name, @Mixin DataOption data) {
        boolean added = new UserFile(data.directory).put(name, password(System.in), new SecureRandom());
        say((added ? "added user " : "changed the password of user ") + name);
    }

    @Command(name = "remove", description = "Remove a user.", mixinStandardHelpOptions = true)
    void remove(@Parameters(paramLabel = "NAME") String name, @Mixin DataOption data) {
        if (!new UserFile(data.directory).remove(name)) {
            throw new CliFailure(ExitCode.REFUSED, "There is no user " + name + " in " + data.directory + ".");
        }
        say("removed user " + name);
    }

    @Command(name = "list", description = "List the users.", mixinStandardHelpOptions = true)
    void list(@Mixin DataOption data) {
        new UserFile(data.directory).names().forEach(this::say);
    }

    /** The first line. */
    private static char[] password(InputStream in) {
        try {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").toCharArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Standard input cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
    }
}
