package org.waybill.systemtests.bank;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Kills at the step that was armed. Any thread; the steps of several threads count together. */
final class Fuse {
    private record Armed(Fault fault, long brokerPid, int left) {
        boolean isAt(Fault.Side side, Fault.Verb verb, boolean after) {
            return fault.side() == side && fault.verb() == verb && fault.after() == after;
        }

        Armed burnt() {
            return new Armed(fault, brokerPid, left - 1);
        }
    }

    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();

    /** Obeys a line of {@link Fault#line}. */
    void arm(String line) {
        String[] words = line.split(" ", -1);
        Fault fault = Fault.parse(words);
        armed.set(new Armed(fault, Long.parseLong(words[6]), fault.count()));
    }

    /** Called at each step; does not return if this process is the victim. */
    void step(Fault.Side side, Fault.Verb verb, boolean after) {
        Armed now = armed.updateAndGet(
                current -> current != null && current.isAt(side, verb, after) ? current.burnt() : current);
        if (now != null && now.left() == 0 && now.isAt(side, verb, after)) {
            kill(now);
        }
    }

    private void kill(Armed burnt) {
        armed.set(null);
        if (burnt.fault().victim().includesBroker()) {
            ProcessHandle.of(burnt.brokerPid()).ifPresent(broker -> {
                broker.destroyForcibly();
                broker.onExit().join();
            });
        }
        if (burnt.fault().victim().includesApplication()) {
            Runtime.getRuntime().halt(137);
        }
    }
}
