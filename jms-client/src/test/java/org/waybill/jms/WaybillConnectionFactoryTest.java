package org.waybill.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import java.beans.BeanInfo;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.jms.engine.Peer;
import org.waybill.jms.session.ConnectionEvents;

@Timeout(60)
class WaybillConnectionFactoryTest {
    @Test
    void opensConnectionsAsTheUserItWasToldOrTheOneInTheCall() throws Exception {
        try (Peer peer = Peer.taking()) {
            WaybillConnectionFactory factory = new WaybillConnectionFactory(peer.options() + "?jms.clientID=me");
            factory.setUsername("alice");
            factory.setPassword("secret");
            try (Connection connection = factory.createConnection()) {
                assertThat(connection.getClientID()).isEqualTo("me");
                assertThat(connection.getMetaData().getJMSVersion()).isEqualTo("3.1");
            }
            factory.createConnection(null, null).close();

            assertThatExceptionOfType(JMSSecurityException.class)
                    .isThrownBy(() -> factory.createConnection("alice", "wrong"));
        }
    }

    @Test
    void tellsOfALostServerAndOfTheNextOne() throws Exception {
        Peer first = Peer.taking();
        try (Peer second = Peer.taking()) {
            WaybillConnectionFactory factory = new WaybillConnectionFactory(
                    "failover:(" + first.options() + "," + second.options() + ")?failover.reconnectDelay=0");
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            factory.setConnectionEvents(new ConnectionEvents() {
                @Override
                public void onLost(Connection connection, Exception why) {
                    told.add("lost");
                }

                @Override
                public void onRestored(Connection connection, String server) {
                    told.add(server);
                }
            });
            try (Connection connection = factory.createConnection()) {
                connection.start();
                first.close();

                assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
                assertThat(told.poll(30, TimeUnit.SECONDS))
                        .isEqualTo(second.options().toString());
            }
        }
    }

    @Test
    void refusesWhatIsWrongAtOnceAndWhatDoesNotGoTogetherWhenItIsUsed() {
        WaybillConnectionFactory factory = new WaybillConnectionFactory();

        assertThatIllegalArgumentException().isThrownBy(() -> factory.setUri("amqp://a:x"));
        assertThatIllegalArgumentException().isThrownBy(() -> factory.setUri(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factory.setOption("jms.sendTimout", "1"))
                .withMessageContaining("did you mean 'jms.sendTimeout'?");
        assertThatIllegalArgumentException().isThrownBy(() -> factory.setOption("transport.verifyHost", "maybe"));
        assertThatIllegalArgumentException().isThrownBy(() -> factory.setOption("sendTimeout", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> factory.setOptions(Map.of("failover.x", "1")));
        assertThat(factory.getUri()).isEqualTo(WaybillConnectionFactory.DEFAULT_URI);
        assertThat(factory.getOptions()).isEmpty();

        factory.setOption("failover.randomize", "true");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(factory::createConnection)
                .withMessageContaining("failover options are of no use without a failover URI");
        assertThatExceptionOfType(IllegalStateRuntimeException.class).isThrownBy(factory::createContext);
        assertThatExceptionOfType(JMSRuntimeException.class)
                .isThrownBy(() -> factory.createContext(17))
                .withMessageContaining("there is no session mode 17");
        factory.setOption("failover.randomize", null);
        assertThat(factory.getOptions()).isEmpty();
    }

    @Test
    void isTheSameAfterItWasKeptInANamingService() throws Exception {
        WaybillConnectionFactory factory =
                new WaybillConnectionFactory("user", "secret", "failover:(amqp://a,amqp://b)");
        factory.setOption("failover.randomize", "true");
        factory.setClientID("me");

        WaybillConnectionFactory referenced = (WaybillConnectionFactory)
                new FactoryReference().getObjectInstance(factory.getReference(), null, null, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(factory);
        WaybillConnectionFactory serialised = (WaybillConnectionFactory)
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        for (WaybillConnectionFactory copy : new WaybillConnectionFactory[] {referenced, serialised}) {
            assertThat(copy.getUri()).isEqualTo(factory.getUri());
            assertThat(copy.getOptions()).isEqualTo(factory.getOptions());
        }
    }

    @Test
    void isMadeOfAReferenceThatAnAdministratorWrote() throws Exception {
        Reference reference = new Reference(WaybillConnectionFactory.class.getName());
        reference.add(new StringRefAddr("uri", "amqp://a"));
        reference.add(new StringRefAddr("username", "bob"));
        reference.add(new StringRefAddr("jms.sendTimeout", "5"));
        reference.add(new StringRefAddr("singleton", "true"));

        WaybillConnectionFactory factory =
                (WaybillConnectionFactory) new FactoryReference().getObjectInstance(reference, null, null, null);

        assertThat(factory.getUri()).isEqualTo("amqp://a");
        assertThat(factory.getOptions()).isEqualTo(Map.of("jms.username", "bob", "jms.sendTimeout", "5"));
        reference.add(new StringRefAddr("jms.sendTimout", "5"));
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> new FactoryReference().getObjectInstance(reference, null, null, null))
                .withMessageContaining("did you mean 'jms.sendTimeout'?");
        assertThat(new FactoryReference().getObjectInstance(new Reference("java.lang.String"), null, null, null))
                .isNull();
    }

    @Test
    void isABeanThatContainersCanSet() throws Exception {
        BeanInfo bean = Introspector.getBeanInfo(WaybillConnectionFactory.class);

        assertThat(Arrays.stream(bean.getPropertyDescriptors())
                        .filter(property -> property.getWriteMethod() != null)
                        .map(PropertyDescriptor::getName))
                .containsExactlyInAnyOrder(
                        "uri",
                        "remoteURI",
                        "username",
                        "password",
                        "clientID",
                        "options",
                        "exceptionListener",
                        "connectionEvents");
    }

    @Test
    void showsNoSecret() {
        WaybillConnectionFactory factory =
                new WaybillConnectionFactory("user", "hidden", "amqp://broker?jms.password=hidden");

        assertThat(factory).hasToString("WaybillConnectionFactory[amqp://broker:5672]");
    }
}
