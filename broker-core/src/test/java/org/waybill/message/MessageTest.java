package org.waybill.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.waybill.message.Encoded.bytes;
import static org.waybill.message.Encoded.join;
import static org.waybill.message.Encoded.list;
import static org.waybill.message.Encoded.list32;
import static org.waybill.message.Encoded.map;
import static org.waybill.message.Encoded.map32;
import static org.waybill.message.Encoded.no;
import static org.waybill.message.Encoded.nothing;
import static org.waybill.message.Encoded.section;
import static org.waybill.message.Encoded.symbol;
import static org.waybill.message.Encoded.symbol32;
import static org.waybill.message.Encoded.text;
import static org.waybill.message.Encoded.text32;
import static org.waybill.message.Encoded.timestamp;
import static org.waybill.message.Encoded.uint;
import static org.waybill.message.Encoded.yes;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.waybill.message.Encoded.Descriptor;

/** What is read from encoded messages and what is written in place of their heads, byte by byte. */
class MessageTest {
    private static final byte[] BODY = section(Encoded.VALUE, text("body"));

    private static final byte[][] SECTIONS = {
        section(Encoded.HEADER, list(yes(), bytes(0x50, 7), uint(90))),
        section(Encoded.DELIVERY_ANNOTATIONS, map(symbol("x-opt-hop"), text("1"))),
        section(Encoded.MESSAGE_ANNOTATIONS, map(symbol("x-opt-kept"), text("2"))),
        section(Encoded.PROPERTIES, list(text("id-1"), nothing(), text("there"))),
        section(Encoded.APPLICATION_PROPERTIES, map(text("colour"), text("red"))),
        BODY,
        section(Encoded.FOOTER, map(symbol("sum"), uint(9)))
    };

    private static Message of(byte[]... parts) {
        return Message.of(join(parts), 0);
    }

    private static Message withHeader(byte[]... fields) {
        return of(section(Encoded.HEADER, list(fields)), BODY);
    }

    private static byte[] tail(Message message) {
        return Arrays.copyOfRange(message.bytes(), message.bareAt(), message.size());
    }

    @Test
    void findsEverySectionInEveryCombination() {
        for (int chosen = 0; chosen < 1 << SECTIONS.length; chosen++) {
            List<byte[]> parts = new ArrayList<>();
            int bareAt = 0;
            for (int i = 0; i < SECTIONS.length; i++) {
                if ((chosen & 1 << i) != 0) {
                    parts.add(SECTIONS[i]);
                    bareAt += i < 3 ? SECTIONS[i].length : 0;
                }
            }
            Message message = of(parts.toArray(byte[][]::new));
            assertThat(message.bareAt())
                    .as("sections %s", Integer.toBinaryString(chosen))
                    .isEqualTo(bareAt);
            assertThat(message.durable()).isEqualTo((chosen & 1) != 0);
            assertThat(message.priority()).isEqualTo((chosen & 1) != 0 ? 7 : 4);
            assertThat(message.ttlMs()).isEqualTo((chosen & 1) != 0 ? 90 : 0);
            assertThat(message.annotations() != null).isEqualTo((chosen & 4) != 0);
            assertThat(message.to()).isEqualTo((chosen & 8) != 0 ? "there" : null);
            assertThat(message.applicationProperty("colour")).isEqualTo((chosen & 16) != 0 ? "red" : null);
        }
    }

    @Test
    void refusesEverySectionOutOfOrder() {
        for (int first = 0; first < SECTIONS.length; first++) {
            for (int second = 0; second <= first; second++) {
                byte[] wrong = join(SECTIONS[first], SECTIONS[second]);
                assertThatThrownBy(() -> Message.of(wrong, 0))
                        .as("section %d before section %d", first, second)
                        .isInstanceOf(DecodeError.class);
            }
        }
    }

    @Test
    void takesBodiesOfSeveralPartsOfOneKind() {
        byte[] data = section(Encoded.DATA, bytes(0xA0, 1, 5));
        byte[] sequence = section(Encoded.SEQUENCE, bytes(0x45));
        assertThat(of(data, data, data).bareAt()).isZero();
        assertThat(of(sequence, sequence).bareAt()).isZero();
        assertThatThrownBy(() -> of(BODY, BODY)).isInstanceOf(DecodeError.class);
        assertThatThrownBy(() -> of(data, sequence)).isInstanceOf(DecodeError.class);
        assertThatThrownBy(() -> of(data, sequence, data)).isInstanceOf(DecodeError.class);
    }

    @ParameterizedTest
    @EnumSource
    void takesDescriptorsInEveryForm(Descriptor form) {
        Message message = of(
                join(form.of(Encoded.HEADER), list32(yes(), bytes(0x50, 9))),
                join(form.of(Encoded.DELIVERY_ANNOTATIONS), map32()),
                join(form.of(Encoded.MESSAGE_ANNOTATIONS), map32(symbol32("k"), text32("v"))),
                join(form.of(Encoded.PROPERTIES), list32(nothing(), nothing(), text32("there"))),
                join(form.of(Encoded.APPLICATION_PROPERTIES), map32(text32("colour"), text32("red"))),
                join(form.of(Encoded.DATA), bytes(0xB0, 0, 0, 0, 1, 7)),
                join(form.of(Encoded.FOOTER), nothing()));
        assertThat(message.durable()).isTrue();
        assertThat(message.priority()).isEqualTo(9);
        assertThat(message.to()).isEqualTo("there");
        assertThat(message.applicationProperty("colour")).isEqualTo("red");
        assertThat(of(join(form.of(Encoded.SEQUENCE), bytes(0x45))).bareAt()).isZero();
        assertThat(of(join(form.of(Encoded.VALUE), nothing())).bareAt()).isZero();
    }

    static List<byte[]> malformed() {
        byte[] map = bytes(0xC1, 1, 0);
        return List.of(
                bytes(0x00),
                bytes(0x00, 0x53),
                bytes(0x00, 0x53, 0x70),
                bytes(0x53, 0x77, 0x40),
                bytes(0x00, 0x53, 0x6F, 0x45),
                bytes(0x00, 0x53, 0x79, 0x45),
                join(bytes(0x00, 0x80, 0x80, 0, 0, 0, 0, 0, 0, 0x77), nothing()),
                join(bytes(0x00, 0x80, 0, 0, 0, 1, 0, 0, 0, 0x77), nothing()),
                join(bytes(0x00), symbol("amqp:nonsense:list"), nothing()),
                join(bytes(0x00), symbol("x"), nothing()),
                join(bytes(0x00), text("amqp:header:list"), bytes(0x45)),
                section(Encoded.HEADER, map),
                section(Encoded.HEADER, bytes(0xC0, 9, 1, 0x41)),
                section(Encoded.HEADER, bytes(0xC0, 1, 5)),
                section(Encoded.HEADER, bytes(0xC0, 0)),
                section(Encoded.HEADER, bytes(0xD0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF)),
                section(Encoded.HEADER, list(text("true"))),
                section(Encoded.HEADER, list(yes(), text("4"))),
                section(Encoded.HEADER, list(yes(), bytes(0x80, 0xFF, 0, 0, 0, 0, 0, 0, 0))),
                section(Encoded.HEADER, list(yes(), nothing(), bytes(0x81, 0, 0, 0, 0, 0, 0, 0, 1))),
                section(Encoded.PROPERTIES, text("list")),
                section(Encoded.MESSAGE_ANNOTATIONS, bytes(0x45)),
                section(Encoded.MESSAGE_ANNOTATIONS, bytes(0xC1, 3, 2, 0xA3, 9)),
                section(Encoded.MESSAGE_ANNOTATIONS, map(symbol("key without value"))),
                section(Encoded.MESSAGE_ANNOTATIONS, bytes(0xD1, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFE)),
                section(Encoded.APPLICATION_PROPERTIES, bytes(0x45)),
                section(Encoded.VALUE, bytes(0x1F)),
                section(Encoded.VALUE, bytes(0xA1, 5, 'x')),
                section(Encoded.VALUE, bytes(0xB1, 0xFF, 0xFF, 0xFF, 0xFF, 'x')),
                section(Encoded.VALUE, new byte[40]));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(byte[] wrong) {
        assertThatThrownBy(() -> Message.of(wrong, 0))
                .isInstanceOf(DecodeError.class)
                .hasMessageContaining("at byte");
    }

    @Test
    void headerFieldsHaveTheirDefaults() {
        Message message = withHeader();
        assertThat(message.durable()).isFalse();
        assertThat(message.priority()).isEqualTo(Message.DEFAULT_PRIORITY);
        assertThat(message.ttlMs()).isZero();
        assertThat(withHeader(nothing(), nothing(), nothing(), nothing(), nothing())
                        .priority())
                .isEqualTo(Message.DEFAULT_PRIORITY);
        assertThat(of(section(Encoded.HEADER, bytes(0x45)), BODY).durable()).isFalse();
        assertThat(of(section(Encoded.HEADER, bytes(0x40)), BODY).durable()).isFalse();
        assertThat(Message.of(new byte[0], 3).bareAt()).isZero();
        assertThat(Message.of(new byte[0], 3).format()).isEqualTo(3);
    }

    @Test
    void headerFieldsAreReadInEveryForm() {
        assertThat(withHeader(bytes(0x56, 1)).durable()).isTrue();
        assertThat(withHeader(bytes(0x56, 0)).durable()).isFalse();
        assertThat(withHeader(no(), bytes(0x50, 255)).priority()).isEqualTo(9);
        assertThat(withHeader(no(), bytes(0x50, 0)).priority()).isZero();
        assertThat(withHeader(no(), nothing(), bytes(0x43)).ttlMs()).isZero();
        assertThat(withHeader(no(), nothing(), bytes(0x52, 200)).ttlMs()).isEqualTo(200);
        assertThat(withHeader(no(), nothing(), uint(0xFFFF_FFFFL)).ttlMs()).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void expiresAfterItsTimeToLiveOrElseAtItsAbsoluteTime() {
        byte[] nothing = nothing();
        byte[] absolute = section(
                Encoded.PROPERTIES,
                list(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, timestamp(5_000)));
        byte[] ttl = section(Encoded.HEADER, list(no(), nothing, uint(100)));
        assertThat(of(BODY).expiresAtMs(1_000)).isZero();
        assertThat(of(absolute, BODY).expiresAtMs(1_000)).isEqualTo(5_000);
        assertThat(of(ttl, absolute, BODY).expiresAtMs(1_000)).isEqualTo(1_100);
        assertThat(of(ttl, BODY).expiresAtMs(Long.MAX_VALUE)).isZero();
    }

    @Test
    void aPlainHeadGoesOutAsItCame() {
        assertThat(of(BODY).head(0, null)).isNull();
        assertThat(of(SECTIONS[0], SECTIONS[2], SECTIONS[3], BODY).head(0, null))
                .isNull();
        assertThat(withHeader(yes(), nothing(), nothing(), no(), uint(0)).head(0, null))
                .isNull();
    }

    @Test
    void countsFailedDeliveriesInTheHeader() {
        byte[] expected =
                bytes(0x00, 0x53, 0x70, 0xC0, 15, 5, 0x41, 0x50, 7, 0x70, 0, 0, 0, 90, 0x42, 0x70, 0, 0, 0, 3);
        Message message = of(SECTIONS[0], SECTIONS[3], BODY);
        assertThat(message.head(3, null)).isEqualTo(expected);
        assertThat(of(BODY).head(1, null))
                .isEqualTo(bytes(0x00, 0x53, 0x70, 0xC0, 11, 5, 0x42, 0x50, 4, 0x40, 0x42, 0x70, 0, 0, 0, 1));
        assertThat(tail(message)).isEqualTo(join(SECTIONS[3], BODY));
    }

    @Test
    void aSendersCountAndItsHopsAnnotationsEndHere() {
        byte[] fresh = bytes(0x00, 0x53, 0x70, 0xC0, 11, 5, 0x42, 0x50, 4, 0x40, 0x42, 0x70, 0, 0, 0, 0);
        assertThat(withHeader(no(), nothing(), nothing(), no(), bytes(0x52, 7)).head(0, null))
                .isEqualTo(fresh);
        assertThat(of(SECTIONS[1], BODY).head(0, null)).isEqualTo(fresh);
        assertThat(of(SECTIONS[1], SECTIONS[2], BODY).head(0, null)).isEqualTo(join(fresh, SECTIONS[2]));
    }

    @Test
    void onlyTheFirstAttemptIsAFirstAcquirers() {
        Message message = withHeader(no(), nothing(), nothing(), yes());
        assertThat(message.head(0, null)[10]).isEqualTo((byte) 0x41);
        assertThat(message.head(1, null)[10]).isEqualTo((byte) 0x42);
    }

    @Test
    void keepsMessageAnnotationsOrSendsThoseThatReplaceThem() {
        byte[] other = map(symbol("x-opt-other"), text("3"));
        Message message = of(SECTIONS[0], SECTIONS[1], SECTIONS[2], SECTIONS[3], BODY);
        assertThat(message.head(0, null)).endsWith(SECTIONS[2]);
        assertThat(message.head(0, other)).endsWith(section(Encoded.MESSAGE_ANNOTATIONS, other));
        assertThat(message.annotations()).isEqualTo(map(symbol("x-opt-kept"), text("2")));
    }

    @Test
    void aMessageSentOnHasOtherAnnotationsAndTheSameBareMessage() {
        byte[] other = map(symbol("x-opt-other"), text("3"));
        Message message = Message.of(join(SECTIONS), 42);
        Message moved = message.forwarded(other);
        assertThat(moved.annotations()).isEqualTo(other);
        assertThat(tail(moved)).isEqualTo(tail(message)).isEqualTo(join(SECTIONS[3], SECTIONS[4], BODY, SECTIONS[6]));
        assertThat(moved.format()).isEqualTo(42);
        assertThat(moved.durable()).isTrue();
        assertThat(moved.priority()).isEqualTo(7);
        assertThat(moved.ttlMs()).isZero();
        assertThat(moved.head(0, null)).isNull();
    }

    @Test
    void isDueAtTheTimeItNamesOrAfterTheDelay() {
        byte[] delay = symbol("x-opt-delivery-delay");
        byte[] time = symbol32("x-opt-delivery-time");
        byte[] two = bytes(0x81, 0, 0, 0, 0, 0, 0, 7, 0xD0);
        assertThat(annotated(map(delay, uint(50))).dueAtMs(1_000)).isEqualTo(1_050);
        assertThat(annotated(map(delay, uint(50), time, two)).dueAtMs(1_000)).isEqualTo(2_000);
        assertThat(annotated(map32(time, two, delay, uint(50))).dueAtMs(1_000)).isEqualTo(2_000);
        assertThat(annotated(map32(time, two, delay, uint(50))).dueAtMs(2_000)).isZero();
        assertThat(annotated(map(text("x-opt-delivery-delay"), uint(50))).dueAtMs(1_000))
                .isZero();
        assertThat(annotated(map(symbol("x-opt-delivery-time"), text("soon"))).dueAtMs(1_000))
                .isZero();
        assertThat(annotated(nothing()).dueAtMs(1_000)).isZero();
        assertThat(of(BODY).dueAtMs(1_000)).isZero();
        byte[] forEver = bytes(0x81, 0x7F, 255, 255, 255, 255, 255, 255, 255);
        assertThat(annotated(map(delay, forEver)).dueAtMs(1_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesADeliveryTimeThatIsNoWholeNumber() {
        Message soon = annotated(map(symbol("x-opt-delivery-time"), text("soon")));
        assertThatThrownBy(soon::checkDeliveryTime)
                .isInstanceOf(DecodeError.class)
                .hasMessageContaining("x-opt-delivery-time");
        annotated(map(symbol("x-opt-delivery-delay"), uint(50))).checkDeliveryTime();
        annotated(map(symbol("x-opt-other"), text("soon"))).checkDeliveryTime();
        annotated(nothing()).checkDeliveryTime();
    }

    private static Message annotated(byte[] annotations) {
        return of(section(Encoded.MESSAGE_ANNOTATIONS, annotations), BODY);
    }

    @Test
    void mergesAnnotationsByKeyWhateverTheFormOfTheKey() {
        byte[] base = map(symbol("a"), text("1"), symbol("b"), text("2"));
        byte[] changes = map32(symbol32("b"), text("3"), symbol("c"), uint(4));
        assertThat(Annotations.merge(base, changes))
                .isEqualTo(map32(symbol("a"), text("1"), symbol("b"), text("3"), symbol("c"), uint(4)));
        assertThat(Annotations.merge(null, base)).isEqualTo(map32(symbol("a"), text("1"), symbol("b"), text("2")));
        assertThat(Annotations.merge(nothing(), base)).isEqualTo(map32(symbol("a"), text("1"), symbol("b"), text("2")));
        assertThatThrownBy(() -> Annotations.merge(base, bytes(0x45))).isInstanceOf(DecodeError.class);
        assertThatThrownBy(() -> Annotations.merge(base, map(symbol("odd")))).isInstanceOf(DecodeError.class);
    }

    @Test
    void makesAnnotationsOfTextsAndNumbers() {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("x-opt-a", "ä");
        entries.put("x-opt-b", 7L);
        assertThat(Annotations.of(entries))
                .isEqualTo(map32(
                        symbol32("x-opt-a"), text32("ä"), symbol32("x-opt-b"), bytes(0x81, 0, 0, 0, 0, 0, 0, 0, 7)));
    }

    @Test
    @SuppressWarnings("ArrayAsKeyOfSetOrMap") // only walked through, in order
    void readsPropertiesOfEveryScalarType() {
        Map<byte[], Object> scalars = new LinkedHashMap<>();
        scalars.put(yes(), true);
        scalars.put(bytes(0x56, 0), false);
        scalars.put(bytes(0x51, 0x80), (byte) -128);
        scalars.put(bytes(0x50, 0xFF), (short) 255);
        scalars.put(bytes(0x61, 0x80, 0), (short) -32768);
        scalars.put(bytes(0x60, 0xFF, 0xFF), 65_535);
        scalars.put(bytes(0x71, 0xFF, 0xFF, 0xFF, 0xFE), -2);
        scalars.put(bytes(0x54, 0xFE), -2);
        scalars.put(uint(0xFFFF_FFFFL), 0xFFFF_FFFFL);
        scalars.put(bytes(0x52, 0xFF), 255L);
        scalars.put(bytes(0x43), 0L);
        scalars.put(bytes(0x44), 0L);
        scalars.put(bytes(0x55, 0xFF), -1L);
        scalars.put(bytes(0x53, 0xFF), 255L);
        scalars.put(bytes(0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFD), -3L);
        scalars.put(timestamp(1_234), 1_234L);
        scalars.put(bytes(0x72, 0x3F, 0x80, 0, 0), 1.0f);
        scalars.put(bytes(0x82, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0), 1.0d);
        scalars.put(symbol("sym"), "sym");
        scalars.put(symbol32("sym"), "sym");
        scalars.put(text("tëxt"), "tëxt");
        scalars.put(text32(""), "");
        scalars.put(nothing(), null);
        scalars.put(bytes(0xA0, 1, 7), ByteBuffer.wrap(bytes(7)));
        scalars.put(bytes(0xB0, 0, 0, 0, 2, 7, 8), ByteBuffer.wrap(bytes(7, 8)));
        scalars.put(bytes(0x98, 0, 0, 0, 0, 0, 0, 0, 5, 0xFF, 0, 0, 0, 0, 0, 0, 6), new UUID(5, 0xFF00000000000006L));
        scalars.put(bytes(0x73, 0, 0, 0, 'c'), null);
        scalars.put(bytes(0x00, 0x53, 1, 0x41), null);
        scalars.forEach((encoded, expected) -> {
            byte[] entries =
                    section(Encoded.APPLICATION_PROPERTIES, map(text("before"), text("x"), text("key"), encoded));
            byte[] fields = section(Encoded.PROPERTIES, list(nothing(), nothing(), nothing(), encoded));
            assertThat(of(entries, BODY).applicationProperty("key")).isEqualTo(expected);
            assertThat(of(fields, BODY).property(Message.SUBJECT)).isEqualTo(expected);
        });
    }

    @Test
    void readsAnnotationsAndFooterByTheirSymbols() {
        Message message = of(
                section(Encoded.MESSAGE_ANNOTATIONS, map(symbol("x-a"), text("one"), symbol32("x-b"), yes())),
                BODY,
                section(Encoded.FOOTER, map(symbol("x-f"), bytes(0x54, 5))));

        assertThat(message.annotation("x-a")).isEqualTo("one");
        assertThat(message.annotation("x-b")).isEqualTo(true);
        assertThat(message.annotation("x-f")).isNull();
        assertThat(message.footer("x-f")).isEqualTo(5);
        assertThat(message.footer("x-a")).isNull();
        assertThat(of(BODY).footer("x-f")).isNull();
        assertThat(of(BODY).annotation("x-a")).isNull();
    }

    @Test
    void tellsNamesApartThatBeginAlike() {
        Message message = of(
                section(
                        Encoded.APPLICATION_PROPERTIES,
                        map(text("ab"), yes(), text("abc"), text("x"), text("aé"), text("y"), text("é"), text("z"))),
                BODY);

        assertThat(message.applicationProperty("ab")).isEqualTo(true);
        assertThat(message.applicationProperty("abc")).isEqualTo("x");
        assertThat(message.applicationProperty("aé")).isEqualTo("y");
        assertThat(message.applicationProperty("é")).isEqualTo("z");
        assertThat(message.applicationProperty("a")).isNull();
        assertThat(message.applicationProperty("abcd")).isNull();
        assertThat(message.applicationProperty("aéb")).isNull();
        assertThat(message.applicationProperty("")).isNull();
    }

    @Test
    void whatIsNotThereReadsAsNull() {
        assertThat(of(BODY).property(Message.TO)).isNull();
        assertThat(of(BODY).applicationProperty("k")).isNull();
        assertThat(of(SECTIONS[3], BODY).property(Message.GROUP_SEQUENCE)).isNull();
        assertThat(of(SECTIONS[4], BODY).applicationProperty("colou")).isNull();
        assertThat(of(SECTIONS[4], BODY).applicationProperty("colour2")).isNull();
        assertThat(of(SECTIONS[4], BODY).applicationProperty("")).isNull();
        assertThat(of(section(Encoded.APPLICATION_PROPERTIES, nothing()), BODY).applicationProperty("k"))
                .isNull();
        assertThat(of(section(Encoded.PROPERTIES, list(nothing(), nothing(), uint(5))), BODY)
                        .to())
                .isNull();
    }

    @Test
    void malformedPropertiesReadAsNullAndStillPassThrough() {
        byte[] cut = section(Encoded.APPLICATION_PROPERTIES, bytes(0xC1, 3, 4, 0xA1, 9));
        byte[] fields = section(Encoded.PROPERTIES, bytes(0xC0, 2, 3, 0x40));
        assertThat(of(cut, BODY).applicationProperty("k")).isNull();
        assertThat(of(fields, BODY).property(Message.TO)).isNull();
    }
}
