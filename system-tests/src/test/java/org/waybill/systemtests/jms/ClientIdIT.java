package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.CuttableLine;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 6.1.2: a client id belongs to one connection at a time. */
@ThroughEachClient
final class ClientIdIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    ClientIdIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void aSecondConnectionOfALiveClientIsRefusedAndTheFirstGoesOn() throws JMSException {
        Connection first = clients.connectAs("id.live");
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> clients.connectAs("id.live")).isInstanceOf(InvalidClientIDException.class);
        }
        Session session = first.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("id.live");
        Texts.send(session, queue, "the first goes on");
        Texts.expect(session.createConsumer(queue), "the first goes on");
    }

    @Test
    void anIdIsFreeWhenCloseReturns() throws JMSException {
        for (int round = 0; round < 50; round++) {
            Connection connection = clients.connectAs("id.reused");
            assertThat(connection.getClientID()).isEqualTo("id.reused");
            connection.close();
        }
    }

    @Test
    void anIdIsFreeAfterItsConnectionDied() throws JMSException, IOException {
        try (CuttableLine line = new CuttableLine(BROKER.port())) {
            clients.connect(line, "jms.clientID=id.cut");
            assertThatThrownBy(() -> clients.connectAs("id.cut")).isInstanceOf(InvalidClientIDException.class);
            line.cut();
            await("the id of the dead connection").ignoreExceptions().until(() -> clients.connectAs("id.cut") != null);
        }
    }

    @Test
    void anIdIsSetBeforeTheConnectionIsUsedAndOnce() throws JMSException {
        Connection used = clients.connect();
        used.createSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> used.setClientID("id.late")).isInstanceOf(IllegalStateException.class);
        Connection named = clients.connectAs("id.once");
        assertThatThrownBy(() -> named.setClientID("id.twice")).isInstanceOf(IllegalStateException.class);
    }
}
