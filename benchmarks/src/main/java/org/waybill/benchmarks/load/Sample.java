package org.waybill.benchmarks.load;

/**
 * The machine's counters at one moment; the difference of two of them says what a measurement cost.
 *
 * @param nanos monotonic time
 * @param brokerCpuSeconds CPU of the broker's process
 * @param loadCpuSeconds CPU of this process
 * @param machineCpuSeconds CPU of the whole machine
 * @param diskFlushes flushes of all disks
 */
record Sample(
        long nanos, double brokerCpuSeconds, double loadCpuSeconds, double machineCpuSeconds, double diskFlushes) {

    static Sample take(long brokerPid) {
        return new Sample(
                System.nanoTime(),
                ProcessStats.cpuSeconds(brokerPid),
                ProcessStats.cpuSeconds(ProcessHandle.current().pid()),
                ProcessStats.machineCpuSeconds(),
                ProcessStats.diskFlushes());
    }

    double secondsUntil(Sample end) {
        return (end.nanos - nanos) / 1e9;
    }

    double brokerCpuUntil(Sample end) {
        return end.brokerCpuSeconds - brokerCpuSeconds;
    }

    /** Puts what broker, load generator and everything else used, in cores, and the flushes a second. */
    void putCosts(Sample end, Result result) {
        double seconds = secondsUntil(end);
        double broker = brokerCpuUntil(end);
        double load = end.loadCpuSeconds - loadCpuSeconds;
        result.put("broker_cores", broker / seconds)
                .put("load_cores", load / seconds)
                .put("other_cores", (end.machineCpuSeconds - machineCpuSeconds - broker - load) / seconds)
                .put("flush_per_s", (end.diskFlushes - diskFlushes) / seconds);
    }
}
