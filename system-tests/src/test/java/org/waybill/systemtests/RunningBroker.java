package org.waybill.systemtests;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker for all tests of a class, registered in a static field; a failing test prints what the broker has said. */
public final class RunningBroker implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
    private @Nullable BrokerProcess broker;

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

    @Override
    public void beforeAll(ExtensionContext context) {
        broker = BrokerProcess.start();
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
