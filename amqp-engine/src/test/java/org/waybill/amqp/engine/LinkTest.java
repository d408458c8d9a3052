package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

class LinkTest {
    private static final byte[] BODY = Peer.bytes("hello");

    @Test
    void sendsWithinCreditAndSettlesInRanges() {
        Pair pair = Pair.ordinary();
        SenderLink link = pair.producer("p", 10);
        assertThat(pair.client.log).endsWith("attached p", "credit 10");
        pair.clearLogs();
        for (int i = 0; i < 10; i++) {
            assertThat(Peer.send(link, 100 + i, false, BODY)).isTrue();
        }
        assertThatThrownBy(() -> Peer.send(link, 1, false, BODY)).isInstanceOf(IllegalStateException.class);
        pair.exchange();
        assertThat(pair.server.messages).hasSize(10).allMatch(m -> Peer.text(m).equals("hello"));
        assertThat(pair.server.sessions.get(0).incomingUnsettled()).isEqualTo(10);

        ReceiverLink receiver = pair.server.receivers.get(0);
        for (int i = 0; i < 10; i++) {
            receiver.disposition(i, i, true, Accepted.getInstance());
        }
        pair.server.engine.flush();
        assertThat(pair.server.out.size()).as("one frame").isLessThan(40);
        pair.exchange();

        assertThat(pair.client.log).containsExactly("disposed 100..109 settled Accepted");
        assertThat(pair.session.outgoingUnsettled()).isZero();
        assertThat(pair.server.sessions.get(0).incomingUnsettled()).isZero();
    }

    @Test
    void splitsToThePeersFrameSizeAndHonoursItsWindowWithinADelivery() {
        Pair pair = new Pair(Peer.limits(512, 4, 0), Peer.limits(512, 4, 0));
        SenderLink link = pair.producer("p", 2);
        pair.clearLogs();
        byte[] big = new byte[20_000];
        for (int i = 0; i < big.length; i++) {
            big[i] = (byte) i;
        }
        byte[] head = {1, 2, 3};
        assertThat(link.send(7, null, 0, false, null, head, 1, 2, big, 5, big.length - 5))
                .isFalse();
        assertThat(Peer.send(link, 8, true, BODY)).isFalse();
        assertThat(pair.session.isBlocked()).isTrue();
        assertThat(link.waiting()).isEqualTo(2);

        pair.exchange();

        assertThat(pair.client.log).containsExactly("sent 7", "sent 8", "window");
        assertThat(pair.server.messages.get(0)).hasSize(big.length - 3).startsWith(2, 3, 5, 6);
        assertThat(Peer.text(pair.server.messages.get(1))).isEqualTo("hello");
        assertThat(pair.session.isBlocked()).isFalse();
    }

    @Test
    void endsASessionWhoseWindowIsOverrun() {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Peer.limits(4096, 1, 0));
        server.answers = false;
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        server.engine.receive(script.frame(0, Peer.open("c")).begin(0, null).bytes());
        server.engine.saslOutcome(org.apache.qpid.proton.amqp.security.SaslCode.OK, null);
        server.engine.receive(script.frame(0, script.attachSender("p", 0))
                .transfer(0, Script.transfer(0, 0, "t", false), BODY)
                .transfer(0, Script.transfer(0, 1, "t", false), BODY)
                .bytes());
        assertThat(server.log)
                .endsWith("lost p amqp:link:transfer-limit-exceeded", "end amqp:session:window-violation");
    }

    @Test
    void dropsWhatWasUnderWayToADetachedLinkWithinReason() {
        assertThat(told(s -> {
                    s.transfer(0, Script.transfer(0, null, "t", false), BODY);
                    for (int i = 0; i < 100; i++) {
                        s.transfer(0, Script.transfer(0, i, "t", false), BODY);
                    }
                }))
                .endsWith("lost p amqp:invalid-field");
        assertThat(told(s -> {
                    s.transfer(0, Script.transfer(0, null, "t", false), BODY);
                    for (int i = 0; i < 101; i++) {
                        s.transfer(0, Script.transfer(0, i, "t", false), BODY);
                    }
                }))
                .endsWith("lost p amqp:invalid-field", "end amqp:session:errant-link");
    }

    @Test
    void refusesWhatIsNotADelivery() {
        assertThat(told(s -> s.transfer(0, Script.transfer(0, null, "t", false), BODY)))
                .endsWith("lost p amqp:invalid-field");
        assertThat(told(s -> s.transfer(0, Script.transfer(0, 0, null, false), BODY)))
                .endsWith("lost p amqp:invalid-field");
        assertThat(told(s -> s.transfer(0, Script.transfer(0, 0, "t", true), BODY)
                        .transfer(0, Script.transfer(0, 1, "t", false), BODY)))
                .endsWith("lost p amqp:invalid-field");
        assertThat(told(s -> s.transfer(0, Script.transfer(0, 5, "t", false), BODY)
                        .transfer(0, Script.transfer(0, 4, "u", false), BODY)))
                .endsWith("lost p amqp:invalid-field", "end amqp:invalid-field");
        assertThat(told(s -> s.transfer(0, Script.transfer(1, 0, "t", false), BODY)))
                .endsWith("lost p amqp:session:unattached-handle", "end amqp:session:unattached-handle");
        assertThat(told(s -> s.transfer(0, Script.transfer(99, 0, "t", false), BODY)))
                .endsWith("closed amqp:connection:framing-error");
    }

    @Test
    void takesOneByteFramesEmptyFramesAndContinuationsWithoutIds() {
        assertThat(told(s -> {
                    s.transfer(0, Script.transfer(0, 0, "t", true), new byte[0]);
                    for (int i = 0; i < 5; i++) {
                        s.transfer(0, Script.transfer(0, null, null, true), new byte[] {BODY[i]});
                    }
                    s.transfer(0, Script.transfer(0, 0, "t", false), new byte[0]);
                }))
                .endsWith("message 0");
    }

    @Test
    void dropsAbortedDeliveriesAndCountsThem() {
        Transfer aborted = Script.transfer(0, null, null, false);
        aborted.setAborted(true);
        assertThat(told(s -> s.transfer(0, Script.transfer(0, 0, "t", true), BODY)
                        .transfer(0, aborted, new byte[0])
                        .transfer(0, Script.transfer(0, 1, "t", false), BODY)))
                .endsWith("aborted 0", "message 1");
    }

    @Test
    void interleavesDeliveriesOfLinks() {
        assertThat(told(s -> s.frame(0, s.attachSender("q", 1))
                        .transfer(0, Script.transfer(0, 0, "t", true), BODY)
                        .transfer(0, Script.transfer(1, 1, "u", true), new byte[0])
                        .transfer(0, Script.transfer(0, null, null, false), new byte[0])))
                .endsWith("receiver q", "message 0");
    }

    @Test
    void enforcesItsMessageSizeWhileTheMessageStreamsIn() {
        Pair pair = new Pair(Peer.limits(512, 1000, 0), Peer.limits(512, 1000, 2000));
        SenderLink link = pair.producer("p", 2);
        assertThat(link.remoteMaxMessageBytes()).isEqualTo(2000);
        Peer.send(link, 1, false, new byte[2000]);
        pair.exchange();
        assertThat(pair.server.messages).hasSize(1);
        pair.clearLogs();
        Peer.send(link, 2, false, new byte[2001]);
        pair.exchange();
        assertThat(pair.server.messages).hasSize(1);
        assertThat(pair.server.log).containsExactly("lost p amqp:link:message-size-exceeded");
        assertThat(pair.client.log).containsExactly("detach p true amqp:link:message-size-exceeded");
        assertThat(pair.session.outgoingUnsettled()).isZero();
        assertThat(pair.server.sessions.get(0).links()).isEmpty();
    }

    @Test
    void answersDrainWithAndWithoutCreditAndRepeatedly() {
        Pair pair = Pair.ordinary();
        SenderLink sender = pair.consumer("c", 5);
        ReceiverLink receiver = pair.receiverOf(sender);
        pair.clearLogs();
        for (int round = 0; round < 3; round++) {
            receiver.drain();
            pair.exchange();
        }
        assertThat(pair.server.log).containsExactly("credit 5 drain", "credit 0 drain", "credit 0 drain");
        assertThat(pair.client.log).containsExactly("flow credit 0", "flow credit 0", "flow credit 0");
        assertThat(receiver.deliveryCount()).isEqualTo(5);
        receiver.grantCredit(2);
        pair.exchange();
        assertThat(sender.credit()).isEqualTo(2);
    }

    @Test
    void answersEchoOfSessionAndLink() {
        Pair pair = Pair.ordinary();
        SenderLink sender = pair.consumer("c", 5);
        ReceiverLink receiver = pair.receiverOf(sender);
        pair.clearLogs();
        receiver.sendFlow(true);
        pair.exchange();
        assertThat(pair.client.log).containsExactly("flow credit 5");
        sender.sendFlow(3, true);
        pair.exchange();
        assertThat(pair.client.log).endsWith("flow credit 5 available 3");
        assertThat(pair.server.log).endsWith("credit 5");
    }

    @Test
    void computesCreditFromAStaleDeliveryCount() {
        Pair pair = Pair.ordinary();
        SenderLink sender = pair.consumer("c", 5);
        for (int i = 0; i < 3; i++) {
            Peer.send(sender, i, true, BODY);
        }
        sender.flow(0, 5, false, false, null);
        assertThat(sender.credit()).isEqualTo(2);
        sender.flow(0, 2, false, false, null);
        assertThat(sender.credit()).isZero();
        sender.flow(3, 0xFFFFFFFFL, false, false, null);
        assertThat(sender.credit()).as("bounded by what may be unsettled").isEqualTo(4096);
    }

    @Test
    void countsCreditAcrossTheWrapOfDeliveryCount() {
        Attach attach = new Script(new Codec()).attachSender("p", 0);
        attach.setInitialDeliveryCount(UnsignedInteger.valueOf(-3));
        assertThat(receivedAfter(attach, s -> {
                    for (int i = 0; i < 11; i++) {
                        s.transfer(0, Script.transfer(0, i - 2, "t", false), BODY);
                    }
                }))
                .contains("message 4294967294", "message 4294967296", "message 4294967303")
                .doesNotContain("message 4294967304")
                .endsWith("lost p amqp:link:transfer-limit-exceeded");
    }

    @Test
    void mapsDispositionsAcrossTheWrapOfDeliveryIdsAndOverHugeRanges() {
        Pair pair = Pair.ordinary();
        SenderLink link = pair.producer("p", 10);
        for (int i = 0; i < 10; i++) {
            Peer.send(link, i, false, BODY);
        }
        pair.client.taken();
        pair.clearLogs();
        dispose(pair, 0xFFFFFFFEL, 2);
        dispose(pair, 0, 1L << 31);
        dispose(pair, 0, 1L << 31);
        dispose(pair, 5, 4);
        assertThat(pair.client.log)
                .containsExactly(
                        "disposed 0..2 settled Accepted",
                        "disposed 3..9 settled Accepted",
                        "lost p amqp:invalid-field",
                        "end amqp:invalid-field");
    }

    @Test
    void settlesSecondWhenTheReceiverWaits() {
        Pair pair = Pair.ordinary();
        SenderLink link = pair.producer("p", 5);
        pair.clearLogs();
        for (int i = 0; i < 4; i++) {
            Peer.send(link, i, false, BODY);
        }
        pair.exchange();
        pair.clearLogs();
        Modified modified = new Modified();
        modified.setDeliveryFailed(true);
        pair.server.receivers.get(0).disposition(0, 1, false, modified);
        pair.server.receivers.get(0).disposition(2, 3, false, Released.getInstance());
        pair.exchange();
        assertThat(pair.client.log).containsExactly("disposed 0..1 Modified", "disposed 2..3 Released");
        assertThat(pair.server.log).containsExactly("told 0..1 settled Modified", "told 2..3 settled Released");
        assertThat(pair.server.sessions.get(0).incomingUnsettled()).isZero();
    }

    @Test
    void cutsRunsWhereLinksOrTokensChange() {
        Pair pair = Pair.ordinary();
        SenderLink a = pair.producer("a", 5);
        SenderLink b = pair.producer("b", 5);
        pair.clearLogs();
        Peer.send(a, 1, false, BODY);
        Peer.send(a, 2, false, BODY);
        Peer.send(b, 3, false, BODY);
        Peer.send(b, 9, false, BODY);
        Peer.send(b, 10, true, BODY);
        Peer.send(b, 11, false, BODY);
        pair.client.taken();
        dispose(pair, 0, 100);
        assertThat(pair.client.log)
                .containsExactly(
                        "disposed 1..2 settled Accepted",
                        "disposed 3..3 settled Accepted",
                        "disposed 9..9 settled Accepted",
                        "disposed 11..11 settled Accepted");
    }

    @Test
    void carriesTransactionalStateOnTransfers() {
        TransactionalState state = new TransactionalState();
        state.setTxnId(new Binary(Peer.bytes("tx")));
        Transfer transfer = Script.transfer(0, 0, "t", false);
        transfer.setState(state);
        assertThat(told(s -> s.transfer(0, transfer, BODY))).endsWith("message 0");
        Pair pair = Pair.ordinary();
        SenderLink link = pair.producer("p", 5);
        assertThat(link.send(1, BODY, 3, false, state, null, 0, 0, BODY, 0, BODY.length))
                .isTrue();
        pair.exchange();
        assertThat(pair.server.log).endsWith("message 0");
    }

    @Test
    void refusesALinkByAnAttachWithoutTerminusAndADetach() {
        Pair pair = Pair.ordinary();
        pair.server.answers = false;
        SenderLink link = pair.session.sender("p", pair.client);
        Attach attach = Peer.attach("a");
        attach.setTarget(new Coordinator());
        link.attach(attach);
        pair.exchange();
        ReceiverLink refused = pair.server.receivers.get(0);
        assertThat(refused.remoteAttach().getTarget()).isInstanceOf(Coordinator.class);
        refused.refuse(Conditions.error(Conditions.NOT_FOUND, "no such address"));
        pair.exchange();
        assertThat(pair.client.log).endsWith("attached p refused", "detach p true amqp:not-found");
        assertThat(pair.server.log).endsWith("detach p true -");
        assertThat(pair.session.links()).isEmpty();
        assertThat(pair.server.sessions.get(0).links()).isEmpty();
    }

    @Test
    void stealsALinkOfTheSameNameWithinASession() {
        assertThat(told(s -> s.frame(0, s.attachSender("p", 1)))).endsWith("lost p amqp:link:stolen", "receiver p");
    }

    @Test
    void policesHandlesNamesAndTheirNumber() {
        assertThat(told(s -> s.frame(0, s.attachSender("q", 0))))
                .endsWith("lost p amqp:session:handle-in-use", "end amqp:session:handle-in-use");
        assertThat(told(s -> s.frame(0, s.attachSender("q", 32)))).endsWith("closed amqp:connection:framing-error");
        assertThat(told(s -> {
                    for (int i = 1; i < 9; i++) {
                        s.frame(0, s.attachSender("q" + i, i));
                    }
                }))
                .endsWith("end amqp:resource-limit-exceeded");
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.valueOf(7));
        assertThat(told(s -> s.frame(0, detach))).endsWith("end amqp:session:unattached-handle");
    }

    @Test
    void tellsAFlowThatCameBeforeTheHostHadAttached() {
        Pair pair = Pair.ordinary();
        pair.server.answers = false;
        SenderLink sender = pair.consumer("c", 5);
        assertThat(pair.server.log).endsWith("sender c");
        sender.attach(Peer.attach("a"));
        pair.exchange();
        assertThat(pair.server.log).endsWith("sender c", "credit 5");
    }

    @Test
    void takesDeliveriesThatCrossedALoweringOfCredit() {
        Pair pair = Pair.ordinary();
        SenderLink sender = pair.consumer("c", 5);
        for (int i = 0; i < 5; i++) {
            Peer.send(sender, i, true, BODY);
        }
        pair.receiverOf(sender).resetCredit(0);
        pair.exchange();
        assertThat(pair.client.messages).hasSize(5);
        assertThat(sender.credit()).isZero();
    }

    @Test
    void answersADetachWhenTheHostKnowsWhatToSay() {
        Pair pair = Pair.ordinary();
        pair.server.detachesLater = true;
        SenderLink held = pair.consumer("c", 5);
        assertThatThrownBy(held::detachLater).isInstanceOf(IllegalStateException.class);
        pair.receiverOf(held).detach(true, null);
        pair.exchange();
        assertThat(held.isOver()).isTrue();
        assertThat(pair.client.log).noneMatch(line -> line.startsWith("detach"));

        SenderLink again = pair.consumer("c", 5);
        assertThat(again).isNotSameAs(held);
        held.detach(true, Conditions.error(Conditions.RESOURCE_LOCKED, "in use"));
        held.detach(true, null);
        pair.exchange();
        assertThat(pair.client.log).endsWith("detach c true amqp:resource-locked");
        assertThat(again.isAttached()).isTrue();
        assertThat(pair.session.links()).hasSize(1);
    }

    @Test
    void forgetsUnsettledDeliveriesOfADetachedLink() {
        Pair pair = Pair.ordinary();
        SenderLink a = pair.producer("a", 5);
        SenderLink b = pair.producer("b", 5);
        Peer.send(a, 1, false, BODY);
        Peer.send(b, 2, false, BODY);
        pair.exchange();
        a.detach(true, null);
        assertThat(pair.session.outgoingUnsettled()).isEqualTo(1);
        pair.exchange();
        assertThat(pair.server.sessions.get(0).incomingUnsettled()).isEqualTo(1);
        pair.clearLogs();
        dispose(pair, 0, 1);
        assertThat(pair.client.log).containsExactly("disposed 2..2 settled Accepted");
    }

    @Test
    void leavesAFlowWithPropertiesToTheGeneralPath() {
        Flow flow = new Flow();
        flow.setNextIncomingId(UnsignedInteger.ONE);
        flow.setIncomingWindow(UnsignedInteger.valueOf(10));
        flow.setNextOutgoingId(UnsignedInteger.ONE);
        flow.setOutgoingWindow(UnsignedInteger.valueOf(10));
        flow.setHandle(UnsignedInteger.ZERO);
        flow.setDeliveryCount(UnsignedInteger.ZERO);
        flow.setProperties(java.util.Map.of(org.apache.qpid.proton.amqp.Symbol.valueOf("k"), "v"));
        assertThat(told(s -> s.frame(0, flow))).endsWith("flow credit 10");
    }

    private static void dispose(Pair pair, long first, long last) {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(first));
        disposition.setLast(UnsignedInteger.valueOf(last));
        disposition.setSettled(true);
        disposition.setState(Accepted.getInstance());
        pair.client.engine.receive(new Script(pair.codec).frame(0, disposition).bytes());
    }

    private static List<String> told(Consumer<Script> input) {
        return receivedAfter(new Script(new Codec()).attachSender("p", 0), input);
    }

    private static List<String> receivedAfter(Attach attach, Consumer<Script> input) {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Peer.limits(4096, 100, 0));
        server.credit = 10;
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        script.frame(0, Peer.open("c")).begin(0, null).frame(0, attach);
        input.accept(script);
        server.engine.receive(script.bytes());
        return server.log;
    }
}
