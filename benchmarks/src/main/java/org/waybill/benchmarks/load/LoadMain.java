package org.waybill.benchmarks.load;

import jakarta.jms.JMSException;
import java.io.IOException;
import org.waybill.benchmarks.amqp.EventLoop;

/**
 * Entry point of the load generator's process: {@code MODE key=value...}, where the mode is {@code flow}, {@code idle},
 * {@code kill}, {@code verify}, {@code queues}, {@code schedule}, {@code jms} or {@code xa}. Prints one line {@code RESULT key=value...}.
 */
public final class LoadMain {
    private LoadMain() {}

    public static void main(String[] arguments) throws IOException, JMSException, InterruptedException {
        String mode = arguments.length == 0 ? "" : arguments[0];
        LoadOptions options = LoadOptions.parse(arguments, 1);
        if (mode.equals("jms")) {
            print(new JmsRun(options).run());
            return;
        }
        if (mode.equals("xa")) {
            print(new XaRun(options).run());
            return;
        }
        int bufferBytes = mode.equals("idle") ? IdleRun.BUFFER_BYTES : EventLoop.LOAD_BUFFER_BYTES;
        try (EventLoop loop = new EventLoop(bufferBytes)) {
            print(run(mode, options, loop));
        }
    }

    private static Result run(String mode, LoadOptions options, EventLoop loop) throws IOException {
        return switch (mode) {
            case "flow" -> new FlowRun(options, loop).run();
            case "idle" -> new IdleRun(options, loop).run();
            case "kill" -> new KillRun(options, loop).kill();
            case "verify" -> new KillRun(options, loop).verify();
            case "queues" -> new QueuesRun(options, loop).run();
            case "schedule" -> new ScheduleRun(options, loop).run();
            default -> throw new IllegalArgumentException("unknown mode '" + mode + "'");
        };
    }

    private static void print(Result result) {
        System.out.println("RESULT " + result);
    }
}
