package org.waybill.systemtests;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker for all tests of a class, and a fresh one for each time that a class of several {@link JmsClient}s runs; registered in a static field; a failing test prints what the broker has said. A test may end it and
 * have it come back on the same port with the same data.
 */
public final class RunningBroker
        implements BeforeAllCallback,
                BeforeClassTemplateInvocationCallback,
                AfterTestExecutionCallback,
                AfterAllCallback {
    private final @Nullable String yaml;
    private @Nullable BrokerProcess broker;

    /** With every setting at its default. */
    public RunningBroker() {
        this.yaml = null;
    }

    /** With these settings. */
    public RunningBroker(String yaml) {
        this.yaml = yaml;
    }

    /** The broker, while the tests of the class run. */
    public BrokerProcess process() {
        BrokerProcess running = broker;
        if (running == null) {
            throw new IllegalStateException("the broker runs only while the tests of the class do");
        }
        return running;
    }

    public int port() {
        return process().port();
    }

    /** Stops it as an operator would and starts it again. */
    public void restart() {
        process().terminate();
        broker = BrokerProcess.start(process().options());
    }

    /** Kills it as a power failure would and starts it again. */
    public void crash() {
        process().kill();
        broker = BrokerProcess.start(process().options());
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        startAnew();
    }

    @Override
    public void beforeClassTemplateInvocation(ExtensionContext context) {
        startAnew();
    }

    private void startAnew() {
        if (broker != null) {
            broker.close();
        }
        BrokerProcess.Options fresh = BrokerProcess.Options.fresh();
        broker = BrokerProcess.start(yaml == null ? fresh : fresh.withConfig(yaml));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.out.println("The broker while " + context.getDisplayName() + " failed:\n"
                    + process().output());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        process().close();
    }
}
