package org.waybill.jms.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WaybillDestinationTest {
    private static final TemporaryNode NODE = new TemporaryNode() {
        @Override
        public void delete() {
            throw new UnsupportedOperationException("deleted");
        }

        @Override
        public Object owner() {
            return this;
        }
    };

    @ParameterizedTest
    @EnumSource
    void isEqualByKindAndAddressAlone(DestinationKind kind) {
        WaybillDestination destination = WaybillDestination.of(kind, "orders");
        assertThat(destination.kind()).isEqualTo(kind);
        assertThat(destination).hasToString("orders").isEqualTo(WaybillDestination.of(kind, "orders"));
        assertThat(destination).hasSameHashCodeAs(WaybillDestination.of(kind, "orders"));
        assertThat(destination).isNotEqualTo(WaybillDestination.of(kind, "invoices"));
        for (DestinationKind other : DestinationKind.values()) {
            assertThat(destination.equals(WaybillDestination.of(other, "orders")))
                    .isEqualTo(other == kind);
        }
        assertThat(DestinationKind.ofCode(kind.code())).isEqualTo(kind);
    }

    @ParameterizedTest
    @EnumSource
    void comesBackFromJndiAndFromItsSerialForm(DestinationKind kind) throws Exception {
        WaybillDestination destination = WaybillDestination.of(kind, "orders");
        assertThat(new DestinationFactory().getObjectInstance(destination.getReference(), null, null, null))
                .isEqualTo(destination);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(destination);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(destination);
        }
    }

    @Test
    void refusesReferencesThatLackSomething() throws Exception {
        DestinationFactory factory = new DestinationFactory();
        Reference reference = new Reference("any", DestinationFactory.class.getName(), null);
        reference.add(new StringRefAddr("kind", "exchange"));
        assertThatThrownBy(() -> factory.getObjectInstance(reference, null, null, null))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("address");
        reference.add(new StringRefAddr("address", "orders"));
        assertThatThrownBy(() -> factory.getObjectInstance(reference, null, null, null))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("exchange");
        assertThat(factory.getObjectInstance("something else", null, null, null))
                .isNull();
        assertThat(factory.getObjectInstance(new Reference("any", "org.example.Factory", null), null, null, null))
                .isNull();
    }

    @Test
    void takesDestinationsOfOtherProvidersByTheirName() throws Exception {
        assertThat(WaybillDestination.from(null)).isNull();
        WaybillQueue own = new WaybillQueue("orders");
        assertThat(WaybillDestination.from(own)).isSameAs(own);
        assertThat(WaybillDestination.from((Queue) () -> "orders")).isEqualTo(own);
        assertThat(WaybillDestination.from((Topic) () -> "prices")).isEqualTo(new WaybillTopic("prices"));
        assertThat(WaybillDestination.from(new Both(null, "prices"))).isEqualTo(new WaybillTemporaryTopic("prices"));
        assertThat(WaybillDestination.from(new Both("orders", null))).isEqualTo(own);
        assertThatThrownBy(() -> WaybillDestination.from(new Both(null, null)))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> WaybillDestination.from(new Destination() {}))
                .isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void isDeletedByTheConnectionThatMadeItAlone() {
        assertThatThrownBy(new WaybillTemporaryQueue("t", NODE)::delete).hasMessage("deleted");
        assertThatThrownBy(new WaybillTemporaryTopic("t", NODE)::delete).hasMessage("deleted");
        assertThatThrownBy(new WaybillTemporaryQueue("t")::delete).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(new WaybillTemporaryTopic("t")::delete).isInstanceOf(IllegalStateException.class);
        assertThat(new WaybillTemporaryQueue("t", NODE)).isEqualTo(new WaybillTemporaryQueue("t"));
        assertThatThrownBy(() -> new WaybillQueue("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void spellsAddressesAsThePeerWantsThem() {
        AddressPrefixes prefixes = new AddressPrefixes("q/", "t/");
        WaybillDestination like = new WaybillTopic("prices");
        for (DestinationKind kind : DestinationKind.values()) {
            WaybillDestination destination = WaybillDestination.of(kind, "orders");
            assertThat(AddressPrefixes.NONE.address(destination)).isEqualTo("orders");
            assertThat(prefixes.destination(prefixes.address(destination), kind, like))
                    .isEqualTo(destination);
        }
        assertThat(prefixes.address(new WaybillQueue("orders"))).isEqualTo("q/orders");
        assertThat(prefixes.address(new WaybillQueue("q/orders"))).isEqualTo("q/orders");
        assertThat(prefixes.address(new WaybillTemporaryQueue("orders"))).isEqualTo("orders");
        assertThat(prefixes.destination("q/orders", null, like)).isEqualTo(new WaybillQueue("orders"));
        assertThat(prefixes.destination("t/prices", null, new WaybillQueue("x")))
                .isEqualTo(like);
        assertThat(prefixes.destination("prices", null, like)).isSameAs(like);
        assertThat(prefixes.destination("t/", null, like)).isSameAs(like);
    }

    private record Both(String queue, String topic) implements Queue, TemporaryTopic {
        @Override
        public String getQueueName() {
            return queue;
        }

        @Override
        public String getTopicName() {
            return topic;
        }

        @Override
        public void delete() {}
    }
}
