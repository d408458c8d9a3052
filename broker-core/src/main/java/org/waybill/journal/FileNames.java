package org.waybill.journal;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the files of a journal's directory are called; the names sort in the order of their numbers. */
final class FileNames {
    static final String TEMPORARY = ".tmp";
    private static final Pattern SEGMENT = Pattern.compile("segment-(\\d{10})\\.log");
    private static final Pattern FREE = Pattern.compile("free-(\\d{10})\\.log");
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{5})-(\\d{19})\\.dat");

    private FileNames() {}

    static String segment(int id) {
        return String.format(Locale.ROOT, "segment-%010d.log", id);
    }

    static String free(int number) {
        return String.format(Locale.ROOT, "free-%010d.log", number);
    }

    static String checkpoint(int shard, long sequence) {
        return String.format(Locale.ROOT, "checkpoint-%05d-%019d.dat", shard, sequence);
    }

    static OptionalInt segmentId(String name) {
        return number(SEGMENT, name);
    }

    static OptionalInt freeNumber(String name) {
        return number(FREE, name);
    }

    /** The sequence of a shard's checkpoint file, or empty if it is something else or another shard's. */
    static OptionalLong checkpointSequence(String name, int shard) {
        Matcher matcher = CHECKPOINT.matcher(name);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) == shard
                ? OptionalLong.of(Long.parseLong(matcher.group(2)))
                : OptionalLong.empty();
    }

    /** As {@link #checkpointSequence}, also of one that is not complete. */
    static OptionalLong begunSequence(String name, int shard) {
        boolean isTemporary = name.endsWith(TEMPORARY);
        return checkpointSequence(isTemporary ? name.substring(0, name.length() - TEMPORARY.length()) : name, shard);
    }

    /** The shard of a checkpoint file, or empty if it is something else. */
    static OptionalInt checkpointShard(String name) {
        return number(CHECKPOINT, name);
    }

    private static OptionalInt number(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            return OptionalInt.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return number <= Integer.MAX_VALUE ? OptionalInt.of((int) number) : OptionalInt.empty();
    }
}
