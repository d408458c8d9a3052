package org.waybill.ra;

import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.XATerminator;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.ExecutionContext;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkContext;
import jakarta.resource.spi.work.WorkListener;
import jakarta.resource.spi.work.WorkManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** As much of an application server as it takes to have a bean's messages: threads, a timer, and a transaction for each message. */
final class PlayedServer implements BootstrapContext, WorkManager, MessageEndpointFactory, AutoCloseable {
    /** A branch of a transaction of this server. */
    record Branch(int number) implements Xid {
        @Override
        public int getFormatId() {
            return 9;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return ByteBuffer.allocate(4).putInt(number).array();
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    /** A bean in the server: an exception of its rolls the transaction back. */
    private final class Endpoint implements MessageEndpoint, MessageListener {
        private final @Nullable XAResource resource;
        private @Nullable Branch branch;
        private boolean failed;

        Endpoint(@Nullable XAResource resource) {
            this.resource = resource;
        }

        @Override
        public void beforeDelivery(Method method) {
            branch = new Branch(branches.incrementAndGet());
            failed = false;
            run(() -> resource.start(branch, XAResource.TMNOFLAGS));
        }

        @Override
        public void onMessage(Message message) {
            try {
                bean.onMessage(message);
            } catch (RuntimeException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void afterDelivery() {
            run(() -> {
                resource.end(branch, failed ? XAResource.TMFAIL : XAResource.TMSUCCESS);
                if (failed) {
                    resource.rollback(branch);
                } else {
                    resource.commit(branch, true);
                    committed.release();
                }
            });
        }

        @Override
        public void release() {
            released.incrementAndGet();
        }
    }

    private interface Verbs {
        void run() throws XAException;
    }

    private static void run(Verbs verbs) {
        try {
            verbs.run();
        } catch (XAException e) {
            throw new IllegalStateException("code " + e.errorCode, e);
        }
    }

    final AtomicInteger released = new AtomicInteger();

    /** A permit for each transaction that has been committed. */
    final Semaphore committed = new Semaphore(0);

    private final AtomicInteger branches = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final boolean transacted;
    private final MessageListener bean;

    PlayedServer(boolean transacted, MessageListener bean) {
        this.transacted = transacted;
        this.bean = bean;
    }

    // --- the server

    @Override
    public WorkManager getWorkManager() {
        return this;
    }

    @Override
    public XATerminator getXATerminator() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Timer createTimer() {
        return new Timer(true);
    }

    @Override
    public boolean isContextSupported(Class<? extends WorkContext> type) {
        return false;
    }

    @Override
    public TransactionSynchronizationRegistry getTransactionSynchronizationRegistry() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void scheduleWork(Work work) {
        threads.execute(work);
    }

    @Override
    public void scheduleWork(Work work, long startMs, ExecutionContext context, WorkListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void doWork(Work work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void doWork(Work work, long startMs, ExecutionContext context, WorkListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long startWork(Work work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long startWork(Work work, long startMs, ExecutionContext context, WorkListener listener) {
        throw new UnsupportedOperationException();
    }

    // --- the bean's container

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource) {
        return new Endpoint(resource);
    }

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource, long timeoutMs) {
        return createEndpoint(resource);
    }

    @Override
    public boolean isDeliveryTransacted(Method method) {
        return transacted;
    }

    @Override
    public String getActivationName() {
        return "bean";
    }

    @Override
    public Class<?> getEndpointClass() {
        return MessageListener.class;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
