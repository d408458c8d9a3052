package org.waybill.benchmarks.jmh;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.waybill.benchmarks.amqp.Codes;
import org.waybill.benchmarks.amqp.Encoder;
import org.waybill.message.Message;
import org.waybill.selector.Selector;

/**
 * What the broker does with the encoded bytes of a message with a body of 1 KiB: finding its sections when it comes in,
 * writing the part before the bare message when it goes out again after a failed attempt, and matching a selector.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageBenchmark {
    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final int BODY_BYTES = 1024;

    private final byte[] bytes = encode();
    private final Message message = Message.of(bytes, 0);
    private final Selector selector = Selector.parse("region = 'north' AND weight BETWEEN 10 AND 20");

    /** Finds the sections of an arriving message. */
    @Benchmark
    public Message read() {
        return Message.of(bytes, 0);
    }

    /** Writes header and annotations for a second attempt. */
    @Benchmark
    public byte @Nullable [] headOfRedelivery() {
        return message.head(1, null);
    }

    /** Matches a selector of two terms, as for the first consumer that asks: properties are read from the bytes. */
    @Benchmark
    public boolean select() {
        return selector.matches(Message.of(bytes, 0)::applicationProperty);
    }

    private static byte[] encode() {
        Encoder e = new Encoder();
        e.descriptor(Codes.HEADER).u8(0xc0).u8(2).u8(1).bool(true);
        byte[] entries = new Encoder()
                .raw(string("region"))
                .raw(string("north"))
                .raw(string("weight"))
                .u8(0x71)
                .u32(12)
                .toByteArray();
        e.descriptor(APPLICATION_PROPERTIES)
                .u8(0xc1)
                .u8(entries.length + 1)
                .u8(4)
                .raw(entries);
        return e.descriptor(Codes.DATA)
                .u8(0xb0)
                .u32(BODY_BYTES)
                .raw(new byte[BODY_BYTES])
                .toByteArray();
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return new Encoder().u8(0xa1).u8(utf8.length).raw(utf8).toByteArray();
    }
}
