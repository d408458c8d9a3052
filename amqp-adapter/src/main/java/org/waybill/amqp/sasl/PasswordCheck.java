package org.waybill.amqp.sasl;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.waybill.security.UserStore;

/**
 * Checks passwords away from the event loops. Hashing one takes milliseconds on purpose, so at most {@link #THREADS} are hashed at a
 * time, which also bounds how fast anybody can guess, and at most {@link #MAX_WAITING} wait. Safe for any event loop.
 */
final class PasswordCheck implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1_000;

    private final UserStore users;
    private final WorkerExecutor workers;
    private final AtomicInteger waiting = new AtomicInteger();

    PasswordCheck(UserStore users, Vertx vertx) {
        this.users = users;
        this.workers = vertx.createSharedWorkerExecutor("waybill-passwords", THREADS);
    }

    /** Answers on the calling event loop. */
    void verify(String user, char[] password, Consumer<SaslAnswer> answer) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            answer.accept(new SaslAnswer.Failure(true));
            return;
        }
        workers.executeBlocking(() -> users.verifyPassword(user, password), false)
                .onComplete(checked -> {
                    waiting.decrementAndGet();
                    if (checked.failed()) {
                        answer.accept(new SaslAnswer.Failure(true));
                    } else {
                        answer.accept(
                                checked.result() ? new SaslAnswer.Success(user, null) : new SaslAnswer.Failure(false));
                    }
                });
    }

    @Override
    public void close() {
        workers.close();
    }
}
