package org.waybill.broker;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.ClusterSettings;
import org.waybill.config.JournalSettings;
import org.waybill.config.Settings;
import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.FileDisk;
import org.waybill.io.Loop;
import org.waybill.io.SystemClock;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.JournalOptions;
import org.waybill.security.UserFileError;
import org.waybill.security.UserStore;
import org.waybill.shard.LocalSession;
import org.waybill.shard.Memory;
import org.waybill.shard.Recovery;
import org.waybill.shard.Shard;
import org.waybill.shard.Shards;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.ClusterAdministration;
import org.waybill.spi.Destination;
import org.waybill.spi.ProtocolAdapter;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SessionSpec;

/** A running broker in this process. */
public final class Broker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final long STOP_TIMEOUT_S = 20;

    private final Settings settings;
    private final DataDirectory data;
    private final Vertx vertx;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Shards shards;
    private final Clock clock = new SystemClock();
    private final Journal journal;
    private final UserStore users;
    private final Memory memory;
    private final List<ProtocolAdapter> adapters = new ArrayList<>();
    private final List<String> listening = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean failed;
    private volatile @Nullable Cluster cluster;
    private boolean recovered;

    private Broker(Settings settings, DataDirectory data, Vertx vertx, Journal journal) {
        this.settings = settings;
        this.data = data;
        this.vertx = vertx;
        this.journal = journal;
        for (EventExecutor executor : ((VertxInternal) vertx).eventLoopGroup()) {
            loops.add(new EventLoop(executor, "loop-" + loops.size()));
        }
        this.users = new UserStore(data.path());
        this.memory = new Memory(bodiesBytes(settings));
        Shard[] all = new Shard[data.shards()];
        for (int i = 0; i < all.length; i++) {
            all[i] = newShard(i);
        }
        this.shards = settings.cluster().isPresent() ? Shards.inCluster(all, clock) : Shards.ledHere(all);
    }

    private Shard newShard(int number) {
        return new Shard(
                number,
                loops.get(number % loops.size()),
                clock,
                journal,
                memory,
                settings::address,
                settings.exactlyOnce(),
                settings.journal().segmentBytes());
    }

    /**
     * Starts a broker and returns once clients can connect.
     *
     * @throws StartFailure when it cannot, in one sentence; nothing is left running then
     */
    public static Broker start(Settings settings) {
        int loops = Runtime.getRuntime().availableProcessors();
        DataDirectory data = DataDirectory.open(
                settings.dataDirectory(),
                settings.shards() == 0 ? usualShards(settings) : settings.shards(),
                settings.cluster().map(ClusterSettings::name));
        Vertx vertx = null;
        Broker broker = null;
        try {
            Journal journal = openJournal(settings, data);
            vertx = Vertx.builder()
                    .with(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true))
                    .build();
            broker = new Broker(settings, data, vertx, journal);
            broker.recover();
            broker.listen();
            return broker;
        } catch (StartFailure | Error failure) {
            abandon(broker, vertx, data);
            throw failure;
        } catch (UserFileError unusable) {
            abandon(broker, vertx, data);
            throw new StartFailure(StartFailure.Reason.DATA_UNUSABLE, String.valueOf(unusable.getMessage()));
        } catch (JournalDamage damage) {
            abandon(broker, vertx, data);
            throw new StartFailure(StartFailure.Reason.DATA_DAMAGED, String.valueOf(damage.getMessage()));
        } catch (IOException | RuntimeException failure) {
            abandon(broker, vertx, data);
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    "the journal in " + data.journal() + " cannot be used: " + failure.getMessage());
        }
    }

    /** In a cluster each node should have something to lead. */
    private static int usualShards(Settings settings) {
        return settings.cluster().map(cluster -> cluster.nodes().size()).orElse(1);
    }

    private static void abandon(@Nullable Broker broker, @Nullable Vertx vertx, DataDirectory data) {
        if (broker != null) {
            broker.stop();
        } else {
            if (vertx != null) {
                await(vertx.close());
            }
            data.close();
        }
    }

    private static long bodiesBytes(Settings settings) {
        long configured = settings.memory().bodiesBytes();
        return configured > 0 ? configured : Runtime.getRuntime().maxMemory() / 4;
    }

    static Journal openJournal(Settings settings, DataDirectory data) throws IOException {
        JournalSettings asked = settings.journal();
        JournalOptions defaults = JournalOptions.defaults();
        JournalOptions options = new JournalOptions(
                asked.segmentBytes(),
                asked.preparedSegments(),
                Math.max(defaults.pooledSegments(), asked.preparedSegments()),
                frameBytes(settings),
                defaults.batchBytes(),
                asked.commitWaitUs(),
                asked.reserveBytes(),
                defaults.spaceCheckMs());
        return Journal.open(options, new FileDisk(data.journal()), new SystemClock());
    }

    /** A frame holds one message of the greatest size, or a whole transaction (64 MiB), besides what a turn gathers. */
    private static int frameBytes(Settings settings) {
        long bytes = 2L * settings.amqp().maxMessageSizeBytes() + (96 << 20);
        return bytes > 1 << 30 ? 1 << 30 : (int) bytes;
    }

    private void recover() throws IOException {
        journal.onRoomChanged(shards::roomChanged);
        if (settings.cluster().isPresent()) {
            cluster = clusters().join(new OfCluster());
        } else {
            Recovery.run(journal, new FileDisk(data.journal()), shards);
            journal.start(this::failed);
            shards.forEach(shard -> shard.start(shards, settings.transactions(), this::failed));
        }
        if (!journal.roomForSends()) {
            shards.roomChanged(false);
        }
        recovered = true;
    }

    static Cluster.Provider clusters() {
        return ServiceLoader.load(Cluster.Provider.class)
                .findFirst()
                .orElseThrow(() ->
                        new StartFailure(StartFailure.Reason.SETTINGS, "this distribution has no part for clusters"));
    }

    /** The journal or a shard cannot be trusted any more: nothing is acknowledged from here on, and the broker ends. */
    private void failed(Throwable cause) {
        if (failed) {
            return;
        }
        failed = true;
        LOG.error("WB1003 the broker has failed and stops, nothing is acknowledged any more: {}", cause.toString());
        BrokerError reason = new BrokerError(BrokerError.Code.INTERNAL, "the broker has failed");
        shards.forEachSession(session -> session.end(reason));
        Thread stopper = new Thread(this::stop, "waybill-stop");
        stopper.start();
    }

    private void listen() {
        Context context = new Context();
        for (ProtocolAdapter adapter : ServiceLoader.load(ProtocolAdapter.class)) {
            adapters.add(adapter);
            Future<List<String>> start = adapter.start(context);
            try {
                listening.addAll(start.toCompletionStage().toCompletableFuture().get(STOP_TIMEOUT_S, TimeUnit.SECONDS));
            } catch (ExecutionException refused) {
                Throwable cause = refused.getCause();
                throw new StartFailure(
                        StartFailure.Reason.PORT, String.valueOf(cause == null ? refused : cause.getMessage()));
            } catch (TimeoutException slow) {
                throw new StartFailure(StartFailure.Reason.PORT, adapter.name() + " did not begin to listen in time");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new StartFailure(StartFailure.Reason.PORT, "the start was interrupted");
            }
        }
    }

    /** The addresses it listens on, such as {@code amqp://127.0.0.1:5672}. */
    public List<String> listening() {
        return List.copyOf(listening);
    }

    /** The plain-text AMQP port, or -1 when there is none. */
    public int amqpPort() {
        return adapters.stream()
                .filter(adapter -> adapter.name().equals("amqp"))
                .mapToInt(ProtocolAdapter::port)
                .findFirst()
                .orElse(-1);
    }

    /** Where it keeps its data. */
    public DataDirectory data() {
        return data;
    }

    /** Waits until it has stopped; returns whether it stopped because it was asked to, not because its journal failed. */
    public boolean awaitEnd() throws InterruptedException {
        ended.await();
        return !failed;
    }

    /** Closes connections, writes what is left to write, and returns when everything has ended. May be called twice. */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        Cluster joined = cluster;
        if (joined != null && !failed) {
            joined.leave();
        }
        for (ProtocolAdapter adapter : adapters) {
            await(adapter.stop());
        }
        if (joined != null) {
            joined.stop();
        }
        stopShards();
        try {
            journal.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        await(vertx.close());
        data.close();
        ended.countDown();
    }

    private void stopShards() {
        if (failed || !recovered) {
            return;
        }
        CountDownLatch waiting = new CountDownLatch(shards.count());
        shards.forEach(shard -> shard.stop(waiting::countDown));
        try {
            if (!waiting.await(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                LOG.warn("WB1005 the last checkpoint was not finished in time; the next start replays the log instead");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(STOP_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warn("WB1006 a part did not stop cleanly: {}", failure.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class OfCluster implements ClusterContext {
        @Override
        public Settings settings() {
            return settings;
        }

        @Override
        public String brokerId() {
            return data.brokerId();
        }

        @Override
        public Vertx vertx() {
            return vertx;
        }

        @Override
        public Loop loop() {
            return loops.get(shards.count() % loops.size());
        }

        @Override
        public Executor blocking() {
            return task -> {
                Thread thread = new Thread(task, "waybill-blocking");
                thread.setDaemon(true);
                thread.start();
            };
        }

        @Override
        public Clock clock() {
            return clock;
        }

        @Override
        public Disk disk() {
            return new FileDisk(data.journal());
        }

        @Override
        public Journal journal() {
            return journal;
        }

        @Override
        public Shards shards() {
            return shards;
        }

        @Override
        public Shard newShard(int number) {
            return Broker.this.newShard(number);
        }

        @Override
        public void failed(Throwable cause) {
            Broker.this.failed(cause);
        }
    }

    private final class Context implements AdapterContext {
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
            for (EventLoop loop : loops) {
                if (loop.isCurrent()) {
                    return loop;
                }
            }
            throw new IllegalStateException("not on an event loop");
        }

        @Override
        public String brokerId() {
            return data.brokerId();
        }

        @Override
        public @Nullable BrokerError unavailable() {
            return shards.unavailable();
        }

        @Override
        public @Nullable ClusterAdministration cluster() {
            return cluster;
        }

        @Override
        public int leaderOf(Destination destination) {
            return shards.leaderOf(destination);
        }

        @Override
        public boolean memoryTight() {
            return memory.tight();
        }

        @Override
        public BrokerSession openSession(SessionSpec spec, SessionHandler handler) {
            return new LocalSession(shards, currentLoop(), spec.containerId(), settings.transactions(), handler);
        }
    }
}
