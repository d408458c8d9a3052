package org.waybill.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a settings file. It remembers which keys were asked for, so that after reading it can refuse the others;
 * each error names file, line, key and value.
 */
final class Section {
    private static final String NONE = "none";
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}([.][0-9]{1,9})?");

    private final String file;
    /** The keys that lead here, each with a dot behind it. */
    private final String path;

    private final Map<String, ScalarNode> keys = new LinkedHashMap<>();
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Section> children = new ArrayList<>();

    private Section(String file, String path) {
        this.file = file;
        this.path = path;
    }

    static Section of(String file, String path, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            String where = path.isEmpty() ? "the file" : path.substring(0, path.length() - 1);
            throw new SettingsError(at(file, node) + where + " must be lines of the form \"key: value\".");
        }
        Section section = new Section(file, path);
        for (NodeTuple tuple : mapping.getValue()) {
            section.add(tuple);
        }
        return section;
    }

    private void add(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new SettingsError(at(file, tuple.getKeyNode()) + "a key must be a word.");
        }
        ScalarNode earlier = keys.putIfAbsent(key.getValue(), key);
        if (earlier != null) {
            throw new SettingsError(at(file, key) + path + key.getValue() + " stands in line " + lineOf(earlier)
                    + " already, keep one of the two.");
        }
        values.put(key.getValue(), tuple.getValueNode());
    }

    /** Refuses, here and below, the first key that nobody asked for. */
    void refuseUnknownKeys() {
        for (Map.Entry<String, ScalarNode> key : keys.entrySet()) {
            if (!known.contains(key.getKey())) {
                throw new SettingsError(at(file, key.getValue()) + path + key.getKey()
                        + " is not a key, the keys here are " + String.join(", ", known) + ".");
            }
        }
        children.forEach(Section::refuseUnknownKeys);
    }

    int line(String key) {
        return lineOf(values.getOrDefault(key, keys.get(key)));
    }

    SettingsError error(String key, String what) {
        Node value = values.get(key);
        if (value == null) {
            return new SettingsError(file + ": " + path + key + " " + what + ".");
        }
        String shown = value instanceof ScalarNode scalar ? " is \"" + shorten(scalar.getValue()) + "\", which " : " ";
        return new SettingsError(at(file, value) + path + key + shown + what + ".");
    }

    String text(String key, String or) {
        ScalarNode value = scalar(key, "must be a text");
        return value == null ? or : text(key, value);
    }

    String text(String key) {
        ScalarNode value = scalar(key, "must be a text");
        if (value == null) {
            throw error(key, "is missing, it must be given");
        }
        return text(key, value);
    }

    Optional<String> textOrNone(String key, Optional<String> or) {
        String text = text(key, or.orElse(NONE));
        return text.equals(NONE) ? Optional.empty() : Optional.of(text);
    }

    double decimal(String key, double or, double least, double most) {
        String what = "must be a number from " + least + " to " + most;
        ScalarNode value = scalar(key, what);
        if (value == null) {
            return or;
        }
        if (!DECIMAL.matcher(value.getValue()).matches()) {
            throw error(key, what);
        }
        double number = Double.parseDouble(value.getValue());
        if (number < least || number > most) {
            throw error(key, what);
        }
        return number;
    }

    private String text(String key, ScalarNode value) {
        if (value.getTag().equals(Tag.NULL)
                || value.getValue().isBlank()
                || value.getValue().indexOf('\0') >= 0) {
            throw error(key, "must be a text");
        }
        return value.getValue();
    }

    boolean flag(String key, boolean or) {
        ScalarNode value = scalar(key, "must be true or false");
        if (value == null) {
            return or;
        }
        if (!value.getTag().equals(Tag.BOOL)) {
            throw error(key, "must be true or false");
        }
        return Boolean.parseBoolean(value.getValue());
    }

    int integer(String key, int or, int least, int most) {
        return Math.toIntExact(whole(key, or, least, most));
    }

    int multiple(String key, int or, int least, int most, int unit) {
        int value = integer(key, or, least, most);
        if (value % unit != 0) {
            throw error(key, "must be a multiple of " + unit);
        }
        return value;
    }

    long whole(String key, long or, long least, long most) {
        String what = most == Long.MAX_VALUE
                ? "must be a whole number, at least " + least
                : "must be a whole number from " + least + " to " + most;
        ScalarNode value = scalar(key, what);
        if (value == null) {
            return or;
        }
        if (!value.getTag().equals(Tag.INT)
                || !WHOLE_NUMBER.matcher(value.getValue()).matches()) {
            throw error(key, what);
        }
        long number = Long.parseLong(value.getValue());
        if (number < least || number > most) {
            throw error(key, what);
        }
        return number;
    }

    AddressPattern pattern(String key) {
        try {
            return AddressPattern.of(text(key));
        } catch (IllegalArgumentException e) {
            throw error(key, "must be words with dots between them, each of them a name, * or #");
        }
    }

    <E extends Enum<E>> E choice(String key, E or) {
        E[] choices = or.getDeclaringClass().getEnumConstants();
        String what =
                "must be one of " + Arrays.stream(choices).map(Section::word).collect(Collectors.joining(", "));
        ScalarNode value = scalar(key, what);
        if (value == null) {
            return or;
        }
        return Arrays.stream(choices)
                .filter(choice -> word(choice).equals(value.getValue()))
                .findFirst()
                .orElseThrow(() -> error(key, what));
    }

    List<String> choices(String key, List<String> or, List<String> all) {
        Node value = value(key);
        if (value == null) {
            return or;
        }
        String what = "must be a list of one or more of " + String.join(", ", all);
        if (!(value instanceof SequenceNode list) || list.getValue().isEmpty()) {
            throw error(key, what);
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (Node item : list.getValue()) {
            if (!(item instanceof ScalarNode scalar)
                    || !all.contains(scalar.getValue())
                    || !chosen.add(scalar.getValue())) {
                throw new SettingsError(at(file, item) + path + key + " " + what + ", each of them once.");
            }
        }
        return List.copyOf(chosen);
    }

    List<String> texts(String key, List<String> or) {
        Node value = value(key);
        if (value == null) {
            return or;
        }
        String what = "must be a list of texts";
        if (!(value instanceof SequenceNode list)) {
            throw error(key, what);
        }
        List<String> texts = new ArrayList<>();
        for (Node item : list.getValue()) {
            if (!(item instanceof ScalarNode scalar)) {
                throw new SettingsError(at(file, item) + path + key + " " + what + ".");
            }
            texts.add(scalar.getValue());
        }
        return texts;
    }

    Optional<Section> section(String key) {
        Node value = value(key);
        return value == null || value.getTag().equals(Tag.NULL) ? Optional.empty() : Optional.of(child(key, value));
    }

    Optional<Section> sectionOrNone(String key) {
        return value(key) instanceof ScalarNode scalar && scalar.getValue().equals(NONE)
                ? Optional.empty()
                : section(key);
    }

    Optional<List<Section>> sections(String key) {
        Node value = value(key);
        if (value == null || value.getTag().equals(Tag.NULL)) {
            return Optional.empty();
        }
        if (!(value instanceof SequenceNode list)) {
            throw error(key, "must be a list");
        }
        return Optional.of(
                list.getValue().stream().map(item -> child(key, item)).toList());
    }

    private Section child(String key, Node node) {
        Section child = of(file, path + key + ".", node);
        children.add(child);
        return child;
    }

    private @Nullable ScalarNode scalar(String key, String what) {
        Node value = value(key);
        if (value == null || value instanceof ScalarNode) {
            return (ScalarNode) value;
        }
        throw error(key, what);
    }

    private @Nullable Node value(String key) {
        known.add(key);
        return values.get(key);
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String shorten(String value) {
        String line = value.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }

    private static String at(String file, Node node) {
        return file + " line " + lineOf(node) + ": ";
    }

    private static int lineOf(@Nullable Node node) {
        return node == null
                ? 0
                : node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
