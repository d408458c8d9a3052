package org.waybill.systemtests.day;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The file that one writer appends its events to. A line is with the operating system when the call returns, so it outlives the process.
 * Thread-safe: an application and the listeners of its client library write side by side.
 */
final class HistoryFile implements AutoCloseable {
    private static final String SUFFIX = ".history";

    private final String app;
    private final FileChannel channel;

    /** Goes on with the file of {@code app} in this directory, or makes it. */
    HistoryFile(Path directory, String app) {
        this.app = app;
        try {
            channel = FileChannel.open(
                    path(directory, app),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one event with these keys and values in turn. */
    void write(Event.Kind kind, String... keysAndValues) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        write(kind, fields);
    }

    /** Writes one event with these fields. */
    void write(Event.Kind kind, Map<String, String> fields) {
        String line = new Event(nowUs(), app, kind, fields).line() + "\n";
        try {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Now, on the clock that histories are written by. */
    static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** What an application has written so far; nothing if it has not begun yet. A line that a kill cut off is left out. */
    static List<Event> read(Path directory, String app) {
        Path file = path(directory, app);
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(Event::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What everybody has written, each one's events in the order of writing. */
    static List<Event> readAll(Path directory) {
        List<Event> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .sorted()
                    .forEach(
                            name -> events.addAll(read(directory, name.substring(0, name.length() - SUFFIX.length()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }

    private static Path path(Path directory, String app) {
        return directory.resolve(app + SUFFIX);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
