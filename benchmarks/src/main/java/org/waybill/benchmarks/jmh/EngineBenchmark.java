package org.waybill.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Open;
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
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;

/**
 * A message's way through two engines in memory: sent by one, taken whole by the other, accepted in a range, settled.
 * Time is that of both ends for one message; a broker pays about as much for one message in and out.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
    private static final int BATCH = 100;

    /** Size of a message. */
    @Param({"100", "1024"})
    public int messageBytes;

    private byte[] message = new byte[0];
    private EngineEnd client;
    private EngineEnd server;
    private SenderLink sender;

    @Setup
    public void connect() {
        Codec codec = new Codec();
        message = new byte[messageBytes];
        client = EngineEnd.client(codec);
        server = EngineEnd.server(codec);
        Open open = new Open();
        open.setContainerId("benchmark");
        client.engine().open(open);
        SessionEngine session = client.engine().session(client);
        session.begin();
        sender = session.sender("benchmark", client);
        sender.attach(attach());
        exchange();
        if (!sender.isAttached() || sender.credit() < BATCH) {
            throw new IllegalStateException("the link did not come up");
        }
    }

    private static Attach attach() {
        Attach attach = new Attach();
        attach.setSource(new Source());
        attach.setTarget(new Target());
        return attach;
    }

    /** Sends a batch, as of one socket read, and has it accepted. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long transfer() {
        for (int i = 0; i < BATCH; i++) {
            sender.send(i, null, 0, false, null, null, 0, 0, message, 0, message.length);
        }
        exchange();
        return client.settled();
    }

    /** Carries bytes until both ends have said all. */
    private void exchange() {
        boolean moved = true;
        while (moved) {
            moved = client.deliverTo(server);
            moved |= server.deliverTo(client);
        }
    }
}
