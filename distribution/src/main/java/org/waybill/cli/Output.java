package org.waybill.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints what the broker tells about its nodes and messages. */
final class Output {
    private final PrintWriter out;

    Output(PrintWriter out) {
        this.out = out;
    }

    void line(String text) {
        out.println(text);
    }

    /** Maps, lists, texts, numbers and truths as JSON. */
    void json(Map<String, Object> value) {
        out.println(new JsonObject(value).encodePrettily());
    }

    /** A line for each row, under the names of the columns; all but the last are numbers or words as short. */
    void table(Management.Table table, List<String> columns) {
        row(columns);
        for (List<?> row : table.rows()) {
            row(columns.stream().map(column -> table.value(row, column)).toList());
        }
    }

    private void row(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size() - 1; i++) {
            line.append(String.format("%12s  ", cells.get(i)));
        }
        out.println(line.append(cells.get(cells.size() - 1)));
    }

    /** A line for each attribute, sorted by name. */
    void attributes(Map<?, ?> entity) {
        Map<String, Object> sorted = new TreeMap<>();
        entity.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        sorted.forEach((key, value) -> out.println(key + ": " + value));
    }
}
