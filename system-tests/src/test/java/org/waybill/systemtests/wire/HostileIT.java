package org.waybill.systemtests.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.waybill.systemtests.wire.WireLinks.attach;
import static org.waybill.systemtests.wire.WireLinks.begin;
import static org.waybill.systemtests.wire.WireLinks.disposition;
import static org.waybill.systemtests.wire.WireLinks.receiver;
import static org.waybill.systemtests.wire.WireLinks.sender;
import static org.waybill.systemtests.wire.WireLinks.transfer;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;

/**
 * Clients that mean no good, on raw sockets. Each of them is answered by the right condition or cut off, while a well-behaved client sends and
 * receives as before, and the broker's memory stays below a bound.
 */
final class HostileIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final int HANDSHAKE_MS = 2_000;
    private static final long MEMORY_LIMIT_MIB = 700;
    private static final int CONNECTIONS = 200;

    private final BrokerProcess broker = BrokerProcess.start(BrokerProcess.Options.fresh()
            .withJvmOpts("-Xmx256m")
            .withConfig("amqp:\n  handshake-timeout-ms: " + HANDSHAKE_MS + "\n  idle-timeout-ms: 4000\n"));
    private Optional<GoodClient> good = Optional.empty();

    @BeforeEach
    void aGoodClientIsConnected() {
        good = Optional.of(new GoodClient(broker.port()));
        good.get().roundTrip();
    }

    @AfterEach
    void itGoesOnUndisturbed() {
        try (BrokerProcess ending = broker;
                GoodClient client = good.orElseThrow()) {
            assertThat(ending.isAlive())
                    .as("the broker is alive; %s", ending.output())
                    .isTrue();
            goesOn(client);
            assertThat(ending.residentBytes().orElse(0L) >> 20)
                    .as("resident memory in MiB")
                    .isLessThan(MEMORY_LIMIT_MIB);
            assertThat(String.join("\n", ending.stderrLines()))
                    .as("a stack trace in the log")
                    .doesNotContain("\n\tat ");
        }
    }

    private void goesOn(GoodClient client) {
        try (GoodClient newcomer = new GoodClient(broker.port())) {
            client.roundTrip();
            newcomer.roundTrip();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + " by a broker that says\n" + broker.output(), e);
        }
    }

    @Test
    void bytesThatAreNotAmqp() {
        for (String bytes :
                List.of("474554202f20485454502f312e310d0a0d0a", "16030100", "0000000000000000", "ff".repeat(5_000))) {
            try (Wire wire = Wire.connect(broker.port())) {
                wire.writeBytes(HexFormat.of().parseHex(bytes));
                if (bytes.length() >= 16) {
                    assertThat(wire.firstBytes(5))
                            .as("our header")
                            .startsWith((byte) 'A', (byte) 'M', (byte) 'Q', (byte) 'P');
                }
                assertThat(wire.endsWithin(SOON))
                        .as("cut off after %s", bytes.substring(0, 8))
                        .isTrue();
            }
        }
    }

    @Test
    void randomBytesAfterEachHeader() {
        long seed = System.nanoTime();
        System.out.println("hostile random bytes: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] noise = new byte[1 + random.nextInt(400)];
            random.nextBytes(noise);
            try (Wire wire = Wire.connect(broker.port())) {
                wire.writeBytes(i % 2 == 0 ? Wire.amqpHeader() : Wire.saslHeader());
                wire.writeBytes(noise);
                wire.shutdownOutput();
                assertThat(wire.endsWithin(SOON))
                        .as("seed %d, attempt %d", seed, i)
                        .isTrue();
            } catch (UncheckedIOException e) {
                // cut off while we wrote
            }
        }
    }

    @Test
    void damagedFramesAfterLogin() {
        long seed = System.nanoTime();
        System.out.println("hostile damaged frames: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            try (Wire wire = opened("damaging-" + i)) {
                begin(wire, 0);
                byte[] frame = wire.encode(0, receiver("a link", 0, "hostile.queue"), new byte[0]);
                for (int flips = 0; flips < 3; flips++) {
                    frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt();
                }
                wire.writeBytes(frame);
                wire.write(0, new Close());
                assertThat(wire.endsWithin(SOON))
                        .as("seed %d, attempt %d", seed, i)
                        .isTrue();
            } catch (UncheckedIOException e) {
                // cut off while we wrote
            }
        }
    }

    @Test
    void silenceBeforeAuthentication() {
        cutOff("silence after connecting", wire -> {});
        cutOff("half a header", wire -> wire.writeBytes(new byte[] {'A', 'M'}));
        cutOff("a header and silence", wire -> wire.writeBytes(Wire.saslHeader()));
        cutOff("a login and silence", wire -> {
            wire.loginAnonymous();
            wire.writeBytes(Wire.amqpHeader());
        });
        cutOff("half a frame", wire -> {
            wire.writeBytes(Wire.saslHeader());
            wire.writeBytes(HexFormat.of().parseHex("0000010002010000"));
        });
    }

    @Test
    void silenceAfterOpening() {
        try (Wire wire = opened("silent")) {
            assertThat(wire.endsWithin(SOON))
                    .as("cut off after the idle time-out")
                    .isTrue();
        }
    }

    @Test
    void saslFramesThatAreNone() {
        String tooSmall = "0000000402010000";
        String sizeZero = "0000000002010000";
        String badOffset = "0000001000010000005341d00000000000000000";
        String amqpType = "0000000c0200000000534145";
        String outcomeFromAClient = "0000001002010000005344c003015000";
        String mechanismsFromAClient = "0000001402010000005340c00701e00401a30141";
        String huge = "7fffffff02010000";
        for (String frame :
                List.of(tooSmall, sizeZero, badOffset, amqpType, outcomeFromAClient, mechanismsFromAClient, huge)) {
            cutOff("SASL frame " + frame, wire -> {
                wire.writeBytes(Wire.saslHeader());
                wire.writeBytes(HexFormat.of().parseHex(frame));
            });
        }
    }

    @Test
    void saslFramesThatAreTooBig() {
        cutOff("a SASL frame of 60 KiB", wire -> {
            wire.writeBytes(Wire.saslHeader());
            SaslInit init = new SaslInit();
            init.setMechanism(Symbol.valueOf("PLAIN"));
            init.setHostname("x".repeat(60_000));
            wire.writeSasl(init);
        });
        cutOff("deep lists in a SASL frame", wire -> {
            wire.writeBytes(Wire.saslHeader());
            StringBuilder nested = new StringBuilder("005341");
            for (int depth = 200; depth > 0; depth--) {
                nested.append(String.format("c0%02x01", Math.min(255, depth)));
            }
            byte[] body = HexFormat.of().parseHex(nested + "40");
            wire.writeBytes(HexFormat.of().parseHex(String.format("%08x02010000", body.length + 8)));
            wire.writeBytes(body);
        });
    }

    @Test
    void framesLargerThanAgreed() {
        for (String size : List.of("00100000", "7fffffff", "ffffffff")) {
            try (Wire wire = opened("oversized")) {
                wire.writeBytes(HexFormat.of().parseHex(size + "02000000"));
                wire.writeBytes(new byte[4_096]);
                assertThat(wire.endsWithin(SOON))
                        .as("cut off after a frame of %s bytes", size)
                        .isTrue();
            } catch (UncheckedIOException e) {
                // cut off while we wrote
            }
        }
    }

    @Test
    void endlessHeaders() {
        try (Wire wire = Wire.connect(broker.port())) {
            for (int i = 0; i < 10_000; i++) {
                wire.writeBytes(Wire.amqpHeader());
            }
            assertThat(wire.endsWithin(SOON)).as("cut off").isTrue();
        } catch (UncheckedIOException e) {
            // cut off while we wrote
        }
    }

    @Test
    void performativesInTheWrongOrder() {
        closedFor("begin before open", false, wire -> wire.write(0, newBegin()));
        closedFor("a second open", true, wire -> wire.write(0, newOpen("again")));
        closedFor("begin on a used channel", true, wire -> {
            begin(wire, 0);
            wire.write(0, newBegin());
        });
        closedFor("end on a channel without session", true, wire -> wire.write(5, new End()));
        closedFor(
                "attach on a channel without session",
                true,
                wire -> wire.write(5, receiver("a link", 0, "hostile.queue")));
        closedFor("a transfer without a link", true, wire -> {
            begin(wire, 0);
            wire.write(0, transfer(9, 0, false), new byte[10]);
        });
        closedFor("a handle in use", true, wire -> {
            begin(wire, 0);
            attach(wire, 0, receiver("one link", 0, "hostile.queue"));
            wire.write(0, receiver("another link", 0, "hostile.queue"));
        });
        closedFor("a channel above the agreed one", true, wire -> wire.write(60_000, newBegin()));
        closedFor("a handle above the agreed one", true, wire -> {
            begin(wire, 0);
            wire.write(0, receiver("a link", Integer.MAX_VALUE, "hostile.queue"));
        });
        closedFor("a transfer without delivery id", true, wire -> {
            begin(wire, 0);
            attach(wire, 0, sender("a link", 0, "hostile.queue"));
            wire.write(0, WireLinks.with(transfer(0, 0, false), t -> t.setDeliveryId(null)), new byte[10]);
        });
    }

    @Test
    void aDispositionOverEverything() {
        try (Wire wire = opened("disposing")) {
            begin(wire, 0);
            attach(wire, 0, receiver("a link", 0, "hostile.queue"));
            for (int i = 0; i < 100; i++) {
                Disposition all = disposition(0, true, Accepted.getInstance());
                all.setLast(UnsignedInteger.valueOf(0x7fff_ffffL));
                wire.write(0, all);
            }
            wire.write(0, new Close());
            assertThat(wire.endsWithin(SOON)).as("closed in time").isTrue();
        } catch (UncheckedIOException e) {
            // cut off while we wrote
        }
    }

    @Test
    void arraysOfTwoThousandMillionNulls() {
        closedFor("an array that claims 2^31 elements", true, wire -> {
            begin(wire, 0);
            // attach with desired-capabilities as an array of nulls, which take no bytes
            String nameHandleRole = "a10161" + "43" + "41";
            String array = "f0" + "00000005" + "7fffffff" + "40";
            byte[] body = HexFormat.of().parseHex("005312d00000001c0000000d" + nameHandleRole + "40".repeat(9) + array);
            wire.writeBytes(HexFormat.of().parseHex(String.format("%08x02000000", body.length + 8)));
            wire.writeBytes(body);
        });
    }

    @Test
    void sessionsBegunAndEndedWithoutEnd() {
        try (Wire wire = opened("churning")) {
            for (int i = 0; i < 5_000; i++) {
                wire.write(0, newBegin());
                wire.write(0, new End());
            }
            wire.write(0, new Close());
            wire.awaitEnd();
        } catch (UncheckedIOException e) {
            // refused and cut off
        }
    }

    @Test
    void moreLinksThanAnybodyNeeds() {
        int wanted = Integer.parseInt(Distribution.required("waybill.hostile.links"));
        int made = 0;
        boolean refused = false;
        try (Wire wire = opened("linking")) {
            for (int channel = 0; made < wanted && !refused; channel++) {
                begin(wire, channel);
                for (int handle = 0; handle < 1_000 && made < wanted && !refused; handle++) {
                    wire.write(
                            channel, receiver("link-" + channel + "-" + handle, handle, "hostile.links." + made % 100));
                    Attach answer = (Attach) wire.awaitFrame(Attach.class).body();
                    refused = answer.getSource() == null;
                    made++;
                }
            }
        } catch (AssertionError | UncheckedIOException e) {
            refused = true;
        }
        System.out.println("hostile links: " + made + " attached, " + (refused ? "then refused" : "none refused"));
        assertThat(refused).as("refused at some number of links").isTrue();
    }

    @Test
    void connectionsThatDoNothing() {
        List<Wire> wires = java.util.stream.IntStream.range(0, CONNECTIONS)
                .mapToObj(i -> Wire.connect(broker.port()))
                .toList();
        try {
            good.orElseThrow().roundTrip();
            for (Wire wire : wires) {
                assertThat(wire.endsWithin(SOON))
                        .as("cut off after the handshake time-out")
                        .isTrue();
            }
        } finally {
            wires.forEach(Wire::close);
        }
    }

    @Test
    void partialDeliveriesThatNeverEnd() {
        try (Wire wire = opened("partial")) {
            begin(wire, 0);
            attach(wire, 0, sender("a link", 0, "hostile.queue"));
            byte[] part = new byte[60_000];
            // 600 MB, twice the heap, in a delivery that is never completed
            for (int i = 0; i < 10_000; i++) {
                wire.write(0, WireLinks.with(transfer(0, 0, false), t -> t.setMore(true)), part);
            }
            wire.awaitFrame(Detach.class);
        } catch (UncheckedIOException e) {
            // cut off while we wrote
        }
    }

    /** The peer must close the connection, having read whatever this sends before the login is done. */
    private void cutOff(String what, Consumer<Wire> attack) {
        try (Wire wire = Wire.connect(broker.port())) {
            attack.accept(wire);
            assertThat(wire.endsWithin(SOON)).as("cut off after %s", what).isTrue();
        } catch (UncheckedIOException e) {
            // cut off while we wrote
        }
    }

    /** The peer must answer with an error on the connection, the session or the link. */
    private void closedFor(String what, boolean afterOpen, Consumer<Wire> attack) {
        try (Wire wire = afterOpen ? opened("offending") : loggedIn()) {
            attack.accept(wire);
            while (true) {
                Frame frame =
                        wire.next().orElseThrow(() -> new AssertionError("cut off without a reason after " + what));
                if (frame.body() instanceof Close close) {
                    assertThat(close.getError()).as(what).isNotNull();
                    assertThat(wire.endsWithin(SOON))
                            .as("cut off after %s", what)
                            .isTrue();
                    return;
                } else if (frame.body() instanceof End end) {
                    assertThat(end.getError()).as(what).isNotNull();
                    return;
                } else if (frame.body() instanceof Detach detach) {
                    assertThat(detach.getError()).as(what).isNotNull();
                    return;
                }
            }
        }
    }

    private Wire loggedIn() {
        Wire wire = Wire.connect(broker.port());
        wire.loginAnonymous();
        wire.writeBytes(Wire.amqpHeader());
        wire.expectBytes(Wire.amqpHeader());
        return wire;
    }

    private Wire opened(String container) {
        return Wire.open(broker.port(), container);
    }

    private static Open newOpen(String container) {
        return WireLinks.with(new Open(), open -> open.setContainerId(container));
    }

    private static Begin newBegin() {
        return WireLinks.with(new Begin(), begin -> {
            begin.setNextOutgoingId(UnsignedInteger.ZERO);
            begin.setIncomingWindow(UnsignedInteger.valueOf(100));
            begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
        });
    }
}
