package org.waybill.ra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.Queue;
import jakarta.jms.Topic;
import jakarta.resource.spi.InvalidPropertyException;
import java.beans.PropertyDescriptor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class WaybillActivationSpecTest {
    private final WaybillActivationSpec spec = new WaybillActivationSpec();

    WaybillActivationSpecTest() {
        spec.setDestination("orders");
        spec.setDestinationType(Queue.class.getName());
    }

    private List<String> wrong() {
        InvalidPropertyException refusal = catchThrowableOfType(InvalidPropertyException.class, spec::validate);
        assertThat(refusal).isNotNull();
        List<String> names = Stream.of(refusal.getInvalidPropertyDescriptors())
                .map(PropertyDescriptor::getName)
                .toList();
        names.forEach(name -> assertThat(refusal).hasMessageContaining(name));
        return names;
    }

    @Test
    void aQueueIsEnough() {
        assertThatCode(spec::validate).doesNotThrowAnyException();
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        spec.setDestination(null);
        spec.setDestinationType("Queue");
        spec.setAcknowledgeMode("Client-acknowledge");
        spec.setSubscriptionDurability("durable");
        spec.setMaxSessions(0);

        assertThat(wrong())
                .containsExactly(
                        "destination", "destinationType", "acknowledgeMode", "subscriptionDurability", "maxSessions");
    }

    @Test
    void aDurableSubscriptionIsOfATopicAndHasANameAndAClient() {
        spec.setSubscriptionDurability("Durable");
        assertThat(wrong()).containsExactly("destinationType", "subscriptionName", "clientId");

        spec.setDestinationType(Topic.class.getName());
        spec.setSubscriptionName("audit");
        assertThat(wrong()).containsExactly("clientId");

        spec.setClientId("server-1");
        assertThatCode(spec::validate).doesNotThrowAnyException();
    }

    @Test
    void aSharedSubscriptionNeedsNoClient() {
        spec.setDestinationType(Topic.class.getName());
        spec.setSubscriptionDurability("Durable");
        spec.setSubscriptionShared(true);
        spec.setSubscriptionName("audit");

        assertThatCode(spec::validate).doesNotThrowAnyException();
    }

    @Test
    void whatItSaysItselfWinsOverTheResourceAdapter() throws Exception {
        WaybillResourceAdapter adapter = new WaybillResourceAdapter();
        adapter.setUrl("amqp://one:1");
        adapter.setUser("alice");
        adapter.setPassword("a");
        assertThat(spec.target(adapter)).isEqualTo(new Target("amqp://one:1", "alice", "a"));

        spec.setUser("bob");
        spec.setPassword("b");
        assertThat(spec.target(adapter)).isEqualTo(new Target("amqp://one:1", "bob", "b"));

        spec.setUrl("amqp://two:2");
        assertThat(spec.target(adapter)).isEqualTo(new Target("amqp://two:2", "bob", "b"));
    }
}
