package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.test.driver.actions.AttachInjectAction;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Source;
import org.apache.qpid.protonj2.test.driver.codec.messaging.TerminusDurability;
import org.apache.qpid.protonj2.test.driver.codec.messaging.TerminusExpiryPolicy;
import org.apache.qpid.protonj2.test.driver.codec.primitives.DescribedType;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Symbol;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnknownDescribedType;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnsignedInteger;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnsignedLong;
import org.apache.qpid.protonj2.test.driver.codec.transport.Attach;
import org.hamcrest.CoreMatchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.broker.Broker;
import org.waybill.config.AmqpSettings;
import org.waybill.config.Settings;

/** Frames of clients that subscribe, against the real broker. */
@Timeout(60)
final class SubscriptionWireTest {
    @TempDir
    Path directory;

    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.start(Settings.defaults()
                .withDataDirectory(directory)
                .withAmqp(AmqpSettings.defaults().withPort(0)));
    }

    @AfterEach
    void stop() {
        broker.stop();
    }

    private Wire begin(String container) throws Exception {
        return Wire.begin(broker.amqpPort(), container);
    }

    private void publish(String address, String... texts) throws Exception {
        try (Wire wire = begin("publisher").sender(address)) {
            wire.send(0, texts);
        }
    }

    private static Consumer<AttachInjectAction> durable(String address, String... capabilities) {
        return attach -> attach.withSource()
                .withAddress(address)
                .withDurabilityOfUnsettledState()
                .withExpiryPolicyOfNever()
                .withCapabilities(capabilities);
    }

    private static void resumeGlobal(AttachInjectAction attach) {
        attach.withNullSource().withDesiredCapabilities("shared", "global");
    }

    private static Consumer<AttachInjectAction> plain(String address, String... capabilities) {
        return attach -> attach.withSource().withAddress(address).withCapabilities(capabilities);
    }

    private static Consumer<AttachInjectAction> filtered(String address, Map<String, Object> filters) {
        return attach -> attach.withSource().withAddress(address).withFilterMap(filters);
    }

    private static Object described(Object descriptor, Object value) {
        return new UnknownDescribedType(descriptor, value);
    }

    private static void refused(Wire wire, Consumer<AttachInjectAction> terms, String condition, String words)
            throws Exception {
        wire.frames.expectAttach().ofSender().withNullSource();
        wire.frames
                .expectDetach()
                .withClosed(true)
                .withError(condition, CoreMatchers.containsString(words))
                .respond();
        AttachInjectAction attach =
                wire.frames.remoteAttach().withName("refused").withHandle(9).ofReceiver();
        attach.withTarget();
        terms.accept(attach);
        attach.now();
        wire.done();
    }

    private static void deliveries(Wire wire, int handle, String... texts) {
        for (String text : texts) {
            wire.frames.expectTransfer().withHandle(handle).withPayload(Wire.message(text));
        }
    }

    // --- names of nodes

    @Test
    void aPrefixSaysTheKindAndIsAnsweredAsItWasSpelled() throws Exception {
        try (Wire wire = begin("c")) {
            Source first = wire.subscribe("one", 0, plain("topic://news")).getSource();
            assertThat(first.getAddress()).isEqualTo("topic://news");
            assertThat(first.getCapabilities()).containsExactly(Symbol.valueOf("topic"));
            wire.subscribe("two", 1, plain("news", "topic"));
            Source queue =
                    wire.subscribe("three", 2, plain("queue://news", "topic")).getSource();
            assertThat(queue.getCapabilities()).containsExactly(Symbol.valueOf("queue"));
            publish("topic://news", "all");
            publish("news", "one");
            deliveries(wire, 0, "all");
            wire.flow(0, 0, 5, false).done();
            deliveries(wire, 1, "all");
            wire.flow(1, 0, 5, false).done();
            deliveries(wire, 2, "one");
            wire.flow(2, 0, 5, false).done();
        }
    }

    @Test
    void aDynamicSourceMayBeATopic() throws Exception {
        try (Wire wire = begin("c")) {
            Source source = wire.subscribe("t", 0, attach -> attach.withSource()
                            .withDynamic(true)
                            .withCapabilities("temporary-topic"))
                    .getSource();
            assertThat(source.getDynamic()).isTrue();
            assertThat(source.getCapabilities()).containsExactly(Symbol.valueOf("temporary-topic"));
            deliveries(wire, 0, "to it");
            wire.flow(0, 0, 5, false);
            publish(source.getAddress(), "to it");
            wire.done();
        }
    }

    @Test
    void wordsOfAPatternMatch() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("one", 0, plain("topic://prices.*.eur"));
            wire.subscribe("two", 1, plain("topic://prices.#"));
            publish("topic://prices.gold.eur", "a");
            publish("topic://prices", "b");
            deliveries(wire, 0, "a");
            wire.flow(0, 0, 5, false).done();
            deliveries(wire, 1, "a", "b");
            wire.flow(1, 0, 5, false).done();
        }
    }

    // --- the life of a subscription

    @Test
    void aDurableSubscriptionIsKeptByADetachAndFoundWithoutASource() throws Exception {
        try (Wire wire = begin("c")) {
            Source asked = wire.subscribe("sub", 0, attach -> attach.withSource()
                            .withAddress("news")
                            .withDurabilityOfConfiguration()
                            .withExpiryPolicyOfNever()
                            .withCapabilities("topic")
                            .withJMSSelector("JMSPriority = 4"))
                    .getSource();
            assertThat(asked.getDurable()).isEqualTo(TerminusDurability.CONFIGURATION.getValue());
            assertThat(asked.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.NEVER.getPolicy());
            wire.detach(0, false);
        }
        publish("topic://news", "a", "b");
        try (Wire wire = begin("c")) {
            Source stored =
                    wire.subscribe("sub", 0, AttachInjectAction::withNullSource).getSource();
            assertThat(stored.getAddress()).isEqualTo("news");
            assertThat(stored.getDurable()).isEqualTo(TerminusDurability.UNSETTLED_STATE.getValue());
            assertThat(stored.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.NEVER.getPolicy());
            assertThat(stored.getCapabilities()).containsExactly(Symbol.valueOf("topic"));
            DescribedType selector = (DescribedType) stored.getFilter().get(Symbol.valueOf("jms-selector"));
            assertThat(selector.getDescribed()).isEqualTo("JMSPriority = 4");
            deliveries(wire, 0, "a", "b");
            wire.flow(0, 0, 5, false).done();
            wire.detach(0, true);
            refused(
                    wire,
                    AttachInjectAction::withNullSource,
                    "amqp:not-found",
                    "subscription refused of client c does not exist");
        }
    }

    @Test
    void closingTheLinkOfADurableSubscriptionRemovesIt() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("refused", 0, durable("news", "topic"));
            wire.detach(0, true);
            refused(
                    wire,
                    AttachInjectAction::withNullSource,
                    "amqp:not-found",
                    "subscription refused of client c does not exist");
        }
    }

    @Test
    void aSourceThatExpiresIsNoDurableSubscription() throws Exception {
        try (Wire wire = begin("c")) {
            Source source = wire.subscribe("refused", 0, attach -> attach.withSource()
                            .withAddress("topic://news")
                            .withDurabilityOfUnsettledState()
                            .withExpiryPolicyOnSessionEnd())
                    .getSource();
            assertThat(source.getDurable()).isIn(null, TerminusDurability.NONE.getValue());
            wire.detach(0, false);
            refused(wire, AttachInjectAction::withNullSource, "amqp:not-found", "does not exist");
        }
    }

    @Test
    void aSharedSubscriptionInUseIsNotRemoved() throws Exception {
        try (Wire one = begin("one");
                Wire two = begin("two")) {
            Source source = one.subscribe("team|global", 0, durable("news", "topic", "shared", "global"))
                    .getSource();
            assertThat(source.getCapabilities())
                    .containsExactly(Symbol.valueOf("topic"), Symbol.valueOf("shared"), Symbol.valueOf("global"));
            Source found = two.subscribe("team|global", 0, SubscriptionWireTest::resumeGlobal)
                    .getSource();
            assertThat(found.getCapabilities())
                    .containsExactly(Symbol.valueOf("topic"), Symbol.valueOf("shared"), Symbol.valueOf("global"));
            two.frames
                    .expectDetach()
                    .withHandle(0)
                    .withClosed(true)
                    .withError("amqp:resource-locked", CoreMatchers.containsString("subscription team is in use"));
            two.frames.remoteDetach().withHandle(0).withClosed(true).now();
            two.done();

            deliveries(one, 0, "still here");
            one.flow(0, 0, 5, false);
            publish("topic://news", "still here");
            one.done();
            one.detach(0, true);
        }
    }

    @Test
    void sharedSubscriptionsOfOneNameBelongToTheirContainerOrToNobody() throws Exception {
        try (Wire one = begin("one");
                Wire two = begin("two")) {
            one.subscribe("team|volatile1", 0, plain("topic://news", "shared"));
            one.subscribe("team|volatile2", 1, plain("topic://news", "shared"));
            one.subscribe("team|global-volatile1", 2, plain("topic://news", "shared", "global"));
            two.subscribe("team|global-volatile1", 0, plain("topic://news", "shared", "global"));
            two.subscribe("team|volatile1", 1, plain("topic://news", "shared"));
            deliveries(one, 0, "m");
            one.flow(0, 0, 1, false);
            publish("topic://news", "m");
            one.done();
            deliveries(one, 2, "m");
            one.flow(2, 0, 1, false).done();
            deliveries(two, 1, "m");
            two.flow(1, 0, 1, false).done();
            two.frames.expectFlow().withHandle(0).withLinkCredit(0).withDrain(true);
            two.flow(0, 0, 9, true).done();
        }
    }

    @Test
    void aDurableLinkIsTakenOverFromAnotherConnectionOfItsContainer() throws Exception {
        try (Wire old = begin("c");
                Wire young = begin("c")) {
            old.subscribe("sub", 0, durable("news", "topic"));
            deliveries(old, 0, "unsettled");
            old.flow(0, 0, 5, false);
            publish("topic://news", "unsettled");
            old.done();
            old.frames.expectDetach().withHandle(0).withClosed(true).withError("amqp:link:stolen");
            young.subscribe("sub", 0, durable("news", "topic"));
            old.done();
            deliveries(young, 0, "unsettled", "new");
            young.flow(0, 0, 5, false);
            publish("topic://news", "new");
            young.done();
        }
    }

    @Test
    void aSecondConsumerOfTheSameConnectionIsRefused() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("sub", 0, durable("news", "topic"));
            wire.frames.expectBegin().onChannel(1);
            wire.frames
                    .remoteBegin()
                    .withNextOutgoingId(0)
                    .withIncomingWindow(100)
                    .withOutgoingWindow(100)
                    .onChannel(1)
                    .now();
            wire.done();
            wire.frames.expectAttach().onChannel(1).ofSender().withNullSource();
            wire.frames
                    .expectDetach()
                    .onChannel(1)
                    .withClosed(true)
                    .withError("amqp:resource-locked", CoreMatchers.containsString("has a consumer"));
            AttachInjectAction attach = wire.frames.remoteAttach();
            attach.withName("sub").withHandle(0).ofReceiver().withTarget();
            attach.onChannel(1);
            durable("news", "topic").accept(attach);
            attach.now();
            wire.done();
        }
    }

    @Test
    void oneNameIsNotSharedAndUnsharedAtATime() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("refused|2", 0, durable("news", "topic", "shared"));
            refused(wire, durable("news", "topic"), "amqp:not-allowed", "refused of client c exists and is shared");
        }
    }

    @Test
    void aChangedSelectorMakesTheSubscriptionAnew() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("sub", 0, durable("news", "topic"));
            wire.detach(0, false);
            publish("topic://news", "lost");
            wire.subscribe("sub", 0, attach -> attach.withSource()
                    .withAddress("topic://news")
                    .withDurabilityOfUnsettledState()
                    .withExpiryPolicyOfNever()
                    .withJMSSelector("JMSPriority = 4"));
            deliveries(wire, 0, "new");
            wire.flow(0, 0, 5, false);
            publish("topic://news", "new");
            wire.done();
        }
    }

    @Test
    void aDetachThatCrossesTheAnswerLeavesNothing() throws Exception {
        try (Wire wire = begin("c")) {
            wire.frames.expectAttach().ofSender();
            wire.frames.expectDetach().withHandle(0).withClosed(true);
            AttachInjectAction attach =
                    wire.frames.remoteAttach().withName("refused").withHandle(0).ofReceiver();
            attach.withTarget();
            durable("news", "topic").accept(attach);
            attach.now();
            wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            wire.done();
            refused(wire, AttachInjectAction::withNullSource, "amqp:not-found", "does not exist");
        }
    }

    @Test
    void aLinkMayTakeTheHandleAndTheNameOfOneWhoseCloseIsNotAnsweredYet() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("sub", 0, durable("news", "topic"));
            publish("topic://news", "gone");
            wire.frames.expectDetach().withHandle(0).withClosed(true);
            wire.frames.expectAttach().ofSender();
            wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            AttachInjectAction attach =
                    wire.frames.remoteAttach().withName("sub").withHandle(0).ofReceiver();
            attach.withTarget();
            durable("news", "topic").accept(attach);
            attach.now();
            wire.done();
            wire.frames.expectTransfer().withPayload(Wire.message("new"));
            wire.flow(0, 0, 5, false);
            publish("topic://news", "new");
            wire.done();
        }
    }

    @Test
    void drainsASubscription() throws Exception {
        try (Wire wire = begin("c")) {
            wire.subscribe("sub", 0, durable("news", "topic"));
            wire.frames
                    .expectFlow()
                    .withHandle(0)
                    .withLinkCredit(0)
                    .withDeliveryCount(10)
                    .withDrain(true);
            wire.flow(0, 0, 10, true).done();
            publish("topic://news", "a", "b");
            deliveries(wire, 0, "a", "b");
            wire.frames
                    .expectFlow()
                    .withHandle(0)
                    .withLinkCredit(0)
                    .withDeliveryCount(20)
                    .withDrain(true);
            wire.flow(0, 10, 10, true).done();
        }
    }

    // --- filters

    @Test
    void noLocalKeepsWhatTheContainerItselfSends() throws Exception {
        try (Wire wire = begin("c").sender("topic://news")) {
            Source source = wire.subscribe(
                            "one",
                            1,
                            filtered(
                                    "topic://news",
                                    Map.of(
                                            "no-local",
                                            described(UnsignedLong.valueOf(0x468C00000003L), java.util.List.of()))))
                    .getSource();
            assertThat(source.getFilter()).containsOnlyKeys(Symbol.valueOf("no-local"));
            wire.subscribe("two", 2, plain("topic://news"));
            wire.frames.expectTransfer().withHandle(2).withPayload(Wire.message("mine"));
            wire.frames
                    .expectDisposition()
                    .withFirst(0)
                    .withSettled(true)
                    .withState()
                    .accepted();
            wire.flow(1, 0, 5, false).flow(2, 0, 1, false);
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withPayload(Wire.message("mine"))
                    .now();
            wire.done();
            deliveries(wire, 1, "theirs");
            publish("topic://news", "theirs");
            wire.done();
            deliveries(wire, 2, "theirs");
            wire.flow(2, 1, 1, false).done();
        }
    }

    @Test
    void noLocalIsNotInForceOnAQueue() throws Exception {
        try (Wire wire = begin("c")) {
            Attach answer = wire.subscribe("one", 0, attach -> attach.withSource()
                    .withAddress("news")
                    .withCapabilities("queue")
                    .withNoLocal());
            assertThat(answer.getSource().getFilter()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apache.org:selector-filter:string", "apache.org:jms-selector-filter:string", ""})
    void aSelectorIsKnownByAnyOfItsDescriptors(String symbol) throws Exception {
        Object descriptor = symbol.isEmpty() ? UnsignedLong.valueOf(0x468C00000004L) : Symbol.valueOf(symbol);
        try (Wire wire = begin("c")) {
            Source source = wire.subscribe(
                            "one", 0, filtered("q", Map.of("whatever", described(descriptor, "JMSPriority > 4"))))
                    .getSource();
            assertThat(source.getFilter()).containsOnlyKeys(Symbol.valueOf("whatever"));
            publish("q", "ordinary");
            wire.frames.expectFlow().withLinkCredit(0).withDrain(true);
            wire.flow(0, 0, 5, true).done();
        }
    }

    @Test
    void aBadFilterIsRefusedWithTheReason() throws Exception {
        try (Wire wire = begin("c")) {
            Symbol selector = Symbol.valueOf("apache.org:selector-filter:string");
            refused(
                    wire,
                    filtered("q", Map.of("jms-selector", described(selector, "a = 1 AND"))),
                    "amqp:invalid-field",
                    "column 10");
            refused(
                    wire,
                    filtered("q", Map.of("jms-selector", described(selector, 5))),
                    "amqp:invalid-field",
                    "filter jms-selector must be a string, not 5");
            refused(wire, AttachInjectAction::withNullSource, "amqp:not-found", "does not exist");
        }
    }

    @Test
    void sqlAndPropertyFiltersAreAppliedTogether() throws Exception {
        Map<String, Object> filters = Map.of(
                "sql", described(UnsignedLong.valueOf(0x120), "h.priority = 4"),
                "header", described(Symbol.valueOf("amqp:header-filter"), Map.of(Symbol.valueOf("durable"), false)),
                "properties",
                        described(
                                UnsignedLong.valueOf(0x173),
                                Map.of(
                                        Symbol.valueOf("subject"),
                                        "&p:tem",
                                        Symbol.valueOf("content-type"),
                                        Symbol.valueOf("text/plain"))),
                "application",
                        described(
                                UnsignedLong.valueOf(0x174),
                                Map.of("unit", "&s:elsius", "count", UnsignedInteger.valueOf(7))),
                "annotations", described(UnsignedLong.valueOf(0x172), Map.of(Symbol.valueOf("x-room"), (byte) 3)),
                "unknown", described(UnsignedLong.valueOf(0x171), Map.of(Symbol.valueOf("x"), 1)));
        try (Wire wire = begin("c").sender("q")) {
            Source source = wire.subscribe("one", 1, filtered("q", filters)).getSource();
            assertThat(source.getFilter().keySet())
                    .extracting(Symbol::toString)
                    .containsExactlyInAnyOrder("sql", "header", "properties", "application", "annotations");
            int id = 0;
            for (String subject : new String[] {"temperature", "pressure"}) {
                for (String unit : new String[] {"celsius", "kelvin"}) {
                    wire.frames.expectDisposition().withFirst(id).withState().accepted();
                    wire.frames
                            .remoteTransfer()
                            .withHandle(0)
                            .withDeliveryId(id)
                            .withDeliveryTag(new byte[] {(byte) id++})
                            .withMessageAnnotations()
                            .withAnnotation("x-room", (byte) 3)
                            .also()
                            .withProperties()
                            .withSubject(subject)
                            .withContentType("text/plain")
                            .also()
                            .withApplicationProperties()
                            .withProperty("unit", unit)
                            .withProperty("count", 7)
                            .also()
                            .withBody()
                            .withString(subject + unit)
                            .also()
                            .now();
                    wire.done();
                }
            }
            wire.frames
                    .expectTransfer()
                    .withHandle(1)
                    .withMessage()
                    .withMessageAnnotations()
                    .also()
                    .withProperties()
                    .also()
                    .withApplicationProperties()
                    .also()
                    .withValue("temperaturecelsius");
            wire.frames.expectFlow().withHandle(1).withLinkCredit(0).withDrain(true);
            wire.flow(1, 0, 5, true).done();
        }
    }

    @Test
    void tooManyFiltersAreRefused() throws Exception {
        Map<String, Object> filters = new HashMap<>();
        for (int i = 0; i < 17; i++) {
            filters.put("f" + i, described(UnsignedLong.valueOf(0x120), "a = " + i));
        }
        try (Wire wire = begin("c")) {
            refused(wire, filtered("q", filters), "amqp:invalid-field", "a source may have 16 filters, not more");
        }
    }

    @Test
    void filtersOfADurableSubscriptionAreTheSameInAnyOrderAndFoundAgain() throws Exception {
        Map<String, Object> filters = Map.of(
                "a", described(UnsignedLong.valueOf(0x120), "h.priority = 4"),
                "b", described(UnsignedLong.valueOf(0x174), Map.of("x", 1, "y", 2)),
                "c", described(UnsignedLong.valueOf(0x468C00000004L), "x = 1"));
        Consumer<AttachInjectAction> terms = attach -> {
            var source = attach.withSource()
                    .withAddress("topic://news")
                    .withDurabilityOfUnsettledState()
                    .withExpiryPolicyOfNever();
            source.withFilterMap(filters);
        };
        try (Wire wire = begin("c")) {
            wire.subscribe("sub", 0, terms);
            wire.detach(0, false);
            Source stored =
                    wire.subscribe("sub", 0, AttachInjectAction::withNullSource).getSource();
            assertThat(stored.getFilter().values())
                    .extracting(filter -> ((DescribedType) filter).getDescribed())
                    .containsExactlyInAnyOrder("h.priority = 4", "a.[x] = 1 AND a.[y] = 2", "x = 1");
        }
    }

    @Test
    void aBadPropertyFilterIsRefusedWithTheReason() throws Exception {
        try (Wire wire = begin("c")) {
            refused(
                    wire,
                    filtered("q", Map.of("sql", described(Symbol.valueOf("amqp:sql-filter"), "p.colour = 1"))),
                    "amqp:invalid-field",
                    "filter sql is wrong: column 3");
            refused(
                    wire,
                    filtered("q", Map.of("p", described(UnsignedLong.valueOf(0x173), "subject"))),
                    "amqp:invalid-field",
                    "filter p must be a map, not subject");
            refused(
                    wire,
                    filtered(
                            "q",
                            Map.of(
                                    "p",
                                    described(UnsignedLong.valueOf(0x173), Map.of(Symbol.valueOf("colour"), "red")))),
                    "amqp:invalid-field",
                    "colour");
            refused(
                    wire,
                    filtered("q", Map.of("p", described(UnsignedLong.valueOf(0x174), Map.of("colour", "&x:red")))),
                    "amqp:invalid-field",
                    "begins with &");
        }
    }

    // --- priority

    @Test
    void aPriorityIsAnsweredOrRefused() throws Exception {
        try (Wire wire = begin("c")) {
            Attach answer = wire.subscribe("one", 0, attach -> attach.withProperty("rabbitmq:priority", 7)
                    .withSource()
                    .withAddress("q"));
            assertThat(answer.getProperties()).containsEntry(Symbol.valueOf("rabbitmq:priority"), 7);
            refused(
                    wire,
                    attach ->
                            attach.withProperty("priority", "high").withSource().withAddress("q"),
                    "amqp:invalid-field",
                    "priority must be a whole number, not high");
            refused(
                    wire,
                    attach -> attach.withProperty("priority", UnsignedInteger.MAX_VALUE)
                            .withSource()
                            .withAddress("q"),
                    "amqp:invalid-field",
                    "priority must be a whole number");
        }
    }
}
