package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;

/** What a connection and its links ask for, and what they hear of the answers. */
@Timeout(60)
class LinkOptionsWireTest {
    private static final long LONG_MS = 20_000;

    @Test
    void introducesItselfAndTakesNoteOfTheServer() throws Exception {
        CompletableFuture<Open> opened = new CompletableFuture<>();
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    public void onOpen(ConnectionEngine connection, Open open) {
                        opened.complete(open);
                        Open answer = new Open();
                        answer.setContainerId("small");
                        answer.setOfferedCapabilities(new Symbol[] {Symbol.valueOf("SHARED-SUBS")});
                        answer.setProperties(Map.of(Symbol.valueOf("product"), "Small"));
                        connection.open(answer);
                    }
                };
                ClientConnection connection = ClientConnection.open(broker.options()
                        .withContainerId("me")
                        .withVirtualHost("there")
                        .withDesiredCapabilities(List.of("DELAYED_DELIVERY"))
                        .withProperties(Map.of("version", "1")))) {
            Open open = opened.get(LONG_MS, TimeUnit.MILLISECONDS);
            assertThat(open.getContainerId()).isEqualTo("me");
            assertThat(open.getHostname()).isEqualTo("there");
            assertThat(open.getDesiredCapabilities()).containsExactly(Symbol.valueOf("DELAYED_DELIVERY"));
            assertThat(RemoteMaps.strings(open.getProperties())).containsEntry("version", "1");
            assertThat(connection.offered("SHARED-SUBS")).isTrue();
            assertThat(connection.offered("DELAYED_DELIVERY")).isFalse();
            assertThat(connection.remoteProperties()).containsEntry("product", "Small");
        }
    }

    @Test
    void passesOnWhichFieldOfTheOpenWasWrong() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
            @Override
            public void onOpen(ConnectionEngine connection, Open open) {
                Open answer = new Open();
                answer.setContainerId("small");
                answer.setProperties(Map.of(Symbol.valueOf("amqp:connection-establishment-failed"), true));
                connection.open(answer);
                ErrorCondition error = Conditions.error(Conditions.INVALID_FIELD, "it is taken");
                error.setInfo(Map.of(Symbol.valueOf("invalid-field"), Symbol.valueOf("container-id")));
                connection.close(error);
            }
        }) {
            ClientException reason =
                    catchThrowableOfType(ClientException.class, () -> ClientConnection.open(broker.options()));
            assertThat(reason.condition()).isEqualTo("amqp:invalid-field");
            assertThat(reason.info().get("invalid-field")).hasToString("container-id");
        }
    }

    @Test
    void asksForADurableSharedSubscription() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("news")
                    .withLinkName("sub")
                    .withCapabilities(List.of("topic", "shared"))
                    .withSelector("a = 1")
                    .withNoLocal()
                    .withDurable());
            Attach attach = broker.attaches.get(0);
            assertThat(attach.getName()).isEqualTo("sub");
            Source source = (Source) attach.getSource();
            assertThat(source.getDurable()).isEqualTo(TerminusDurability.UNSETTLED_STATE);
            assertThat(source.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.NEVER);
            assertThat(source.getCapabilities()).containsExactly(Symbol.valueOf("topic"), Symbol.valueOf("shared"));
            assertThat(RemoteMaps.strings(source.getFilter())).containsOnlyKeys("jms-selector", "no-local");
            assertThat(receiver.appliedFilters()).containsExactlyInAnyOrder("jms-selector", "no-local");
        }
    }

    @Test
    void leavesASubscriptionOrEndsIt() throws Exception {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (SmallBroker broker = new SmallBroker() {
                    private boolean known = true;

                    @Override
                    public void onSender(SessionEngine session, SenderLink link) {
                        if (link.remoteAttach().getSource() != null) {
                            link.listener(new Detached(left));
                            attach(link, (Source) link.remoteAttach().getSource());
                        } else if (known) {
                            known = false;
                            link.listener(new Detached(ended));
                            attach(link, new Source());
                        } else {
                            link.listener(new Detached(ended));
                            link.refuse(Conditions.error(Conditions.NOT_FOUND, "no such subscription"));
                        }
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            session.receiver(ReceiverOptions.from("news").withLinkName("sub").withDurable())
                    .detach();
            assertThat(left.get(LONG_MS, TimeUnit.MILLISECONDS)).isFalse();
            session.unsubscribe("sub", false);
            assertThat(ended.get(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            ClientException reason =
                    catchThrowableOfType(ClientException.class, () -> session.unsubscribe("sub", false));
            assertThat(reason.condition()).isEqualTo("amqp:not-found");
        }
    }

    private static void attach(SenderLink link, Source source) {
        Attach answer = new Attach();
        answer.setSource(source);
        answer.setTarget(link.remoteAttach().getTarget());
        link.attach(answer);
    }

    /** Whether a link was closed or merely detached. */
    private record Detached(CompletableFuture<Boolean> closed) implements org.waybill.amqp.engine.SenderListener {
        @Override
        public void onFlow(SenderLink link, boolean drain, boolean echo, Map<Symbol, Object> properties) {}

        @Override
        public void onDisposition(
                SenderLink link,
                long firstId,
                long lastId,
                long firstToken,
                long lastToken,
                boolean settled,
                org.apache.qpid.proton.amqp.transport.DeliveryState state) {}

        @Override
        public void onDetach(SenderLink link, boolean isClosed, ErrorCondition error) {
            closed.complete(isClosed);
        }

        @Override
        public void onLost(SenderLink link, ErrorCondition error) {}
    }

    @Test
    void hasANodeMadeThatItSendsTo() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    public void onReceiver(SessionEngine session, ReceiverLink link) {
                        Target target = (Target) link.remoteAttach().getTarget();
                        if (target.getDynamic()) {
                            target.setAddress("made");
                        }
                        super.onReceiver(session, link);
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender(SenderOptions.dynamic("temporary-topic"));
            assertThat(sender.address()).isEqualTo("made");
            Target target = (Target) broker.attaches.get(0).getTarget();
            assertThat(target.getCapabilities()).containsExactly(Symbol.valueOf("temporary-topic"));
            assertThat(RemoteMaps.strings(target.getDynamicNodeProperties())).containsKey("lifetime-policy");
        }
    }
}
