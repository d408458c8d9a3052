package org.waybill.amqp.adapter;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AmqpSettings;
import org.waybill.config.ClusterSettings;
import org.waybill.config.Settings;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;
import org.waybill.security.UserStore;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.ClusterAdministration;
import org.waybill.spi.Destination;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SessionSpec;

/** The adapter on a free port in front of a {@link FakeCore}, on one event loop. */
final class FakeBroker implements AdapterContext, AutoCloseable {
    static final long PATIENCE_S = 30;

    final FakeCore core = new FakeCore();
    final AmqpAdapter adapter = new AmqpAdapter();
    private final Vertx vertx =
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    private final Settings settings;
    private final UserStore users;
    private final List<String> listening;
    private volatile Loop loop;
    volatile @Nullable ClusterAdministration cluster;
    volatile @Nullable BrokerError unavailable;
    volatile ToIntFunction<Destination> leaders = destination -> 0;

    FakeBroker(Path directory) {
        this(directory, settings -> settings);
    }

    FakeBroker(Path directory, UnaryOperator<AmqpSettings> changes) {
        this(
                Settings.defaults()
                        .withDataDirectory(directory)
                        .withAmqp(changes.apply(AmqpSettings.defaults().withPort(0))),
                directory);
    }

    /** As a node of a cluster, all of whose leaders are here at first. */
    static FakeBroker inCluster(Path directory, ClusterSettings cluster) {
        Settings alone = Settings.defaults();
        return new FakeBroker(
                new Settings(
                        directory,
                        alone.shards(),
                        AmqpSettings.defaults().withPort(0),
                        alone.journal(),
                        alone.memory(),
                        alone.transactions(),
                        alone.exactlyOnce(),
                        alone.addresses(),
                        Optional.of(cluster)),
                directory);
    }

    private FakeBroker(Settings settings, Path directory) {
        this.settings = settings;
        users = new UserStore(directory);
        listening = await(adapter.start(this));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs something on the event loop, where the core may be looked at. */
    <T> T onLoop(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return await(Future.fromCompletionStage(result));
    }

    String uri(String options) {
        return "amqp://127.0.0.1:" + adapter.port() + options;
    }

    /** The addresses the adapter says it listens on. */
    List<String> listening() {
        return listening;
    }

    int port() {
        return adapter.port();
    }

    @Override
    public @Nullable ClusterAdministration cluster() {
        return cluster;
    }

    @Override
    public @Nullable BrokerError unavailable() {
        return unavailable;
    }

    @Override
    public int leaderOf(Destination destination) {
        return leaders.applyAsInt(destination);
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public UserStore users() {
        return users;
    }

    @Override
    public Loop currentLoop() {
        EventLoop current = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        loop = new FakeLoop(current);
        return loop;
    }

    @Override
    public boolean memoryTight() {
        return false;
    }

    @Override
    public String brokerId() {
        return "fake-broker";
    }

    @Override
    public BrokerSession openSession(SessionSpec spec, SessionHandler handler) {
        FakeSession session = new FakeSession(core, spec, handler, loop);
        core.sessions.add(session);
        return session;
    }

    @Override
    public void close() {
        await(adapter.stop());
        await(vertx.close());
    }

    private record FakeLoop(EventLoop eventLoop) implements Loop {
        @Override
        public String name() {
            return "loop";
        }

        @Override
        public boolean isCurrent() {
            return eventLoop.inEventLoop();
        }

        @Override
        public void execute(Runnable task) {
            eventLoop.execute(task);
        }

        @Override
        public Cancellable schedule(long delayNs, Runnable task) {
            var scheduled = eventLoop.schedule(task, delayNs, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }
    }
}
