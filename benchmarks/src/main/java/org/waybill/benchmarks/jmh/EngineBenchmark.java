package org.waybill.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.waybill.amqp.engine.Codec;

/**
 * A message's whole way between two ends in memory, without sockets: encoded, decoded, copied out, accepted, settled; in batches of
 * 50, as a socket read brings them. Waybill's engine beside proton-j's transport.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
    private static final int BATCH = 50;

    /** Bytes of a message. */
    @Param({"100", "1024"})
    public int bytes;

    private byte[] body = {};
    private @Nullable TransferPair engine;
    private @Nullable TransferPair proton;

    /** Connects both pairs. */
    @Setup
    public void connect() {
        body = new byte[bytes];
        engine = new EnginePair(new Codec());
        proton = new ProtonPair();
    }

    /** Waybill's engine at both ends. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long engine() {
        return engine == null ? 0 : engine.batch(body, BATCH);
    }

    /** proton-j's transport at both ends. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long proton() {
        return proton == null ? 0 : proton.batch(body, BATCH);
    }
}
