package org.waybill.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongToDoubleFunction;
import java.util.regex.Pattern;

/**
 * Readings of Linux {@code /proc}: CPU and memory of a process with its children, flushes of the disks, load of the machine. What cannot
 * be read, because the process is gone, is not a number.
 */
public final class ProcessStats {
    /** USER_HZ: fixed at 100 in the interface between kernel and user space, whatever the kernel's own tick is. */
    private static final double TICKS_PER_SECOND = 100.0;

    private static final Pattern WHOLE_DISK = Pattern.compile("[sv]d[a-z]+|nvme\\d+n\\d+");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private ProcessStats() {}

    /** CPU seconds of a process and its children in user and kernel mode, all threads. */
    static double cpuSeconds(long pid) {
        return sum(pid, ProcessStats::ownCpuSeconds);
    }

    /** Of a process and those that it has started. */
    private static double sum(long pid, LongToDoubleFunction reading) {
        double own = reading.applyAsDouble(pid);
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(ProcessHandle::pid)
                .mapToDouble(reading)
                .filter(Double::isFinite)
                .reduce(own, Double::sum);
    }

    private static double ownCpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // the command in parentheses may contain blanks
            String[] fields = BLANKS.split(stat.substring(stat.lastIndexOf(')') + 2), -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Resident memory of a process and its children in MiB. */
    public static double residentMib(long pid) {
        return sum(pid, ProcessStats::ownResidentMib);
    }

    private static double ownResidentMib(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(BLANKS.split(line, -1)[1]) / 1024.0;
                }
            }
            return Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Flush requests completed by all disks since the machine started, whoever asked for them. */
    static double diskFlushes() {
        try {
            double flushes = 0;
            for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
                String[] fields = BLANKS.split(line.trim(), -1);
                if (fields.length > 18 && WHOLE_DISK.matcher(fields[2]).matches()) {
                    flushes += Long.parseLong(fields[18]);
                }
            }
            return flushes;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** CPU seconds spent by the whole machine since it started. */
    static double machineCpuSeconds() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = BLANKS.split(lines.findFirst().orElse("").trim(), -1);
            double ticks = 0;
            for (int i = 1; i <= 8; i++) {
                // 4 is idle, 5 is waiting for the disk
                ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
