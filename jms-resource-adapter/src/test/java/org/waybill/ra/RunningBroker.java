package org.waybill.ra;

import java.nio.file.Path;
import org.waybill.broker.Broker;
import org.waybill.config.Settings;

/** A broker in this process, which can be stopped and come back on its port with its data. */
final class RunningBroker implements AutoCloseable {
    private final Path directory;
    private final int port;
    private Broker broker;

    RunningBroker(Path directory) throws Exception {
        this.directory = directory;
        broker = start(0);
        String listening = broker.listening().get(0);
        port = Integer.parseInt(listening.substring(listening.lastIndexOf(':') + 1));
    }

    private Broker start(int on) throws Exception {
        Settings defaults = Settings.defaults();
        return Broker.start(
                defaults.withDataDirectory(directory).withAmqp(defaults.amqp().withPort(on)));
    }

    String url() {
        return "amqp://127.0.0.1:" + port;
    }

    void restart() throws Exception {
        broker.stop();
        broker = start(port);
    }

    void stop() {
        broker.stop();
    }

    @Override
    public void close() {
        broker.stop();
    }
}
