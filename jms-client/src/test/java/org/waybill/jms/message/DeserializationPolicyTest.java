package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageFormatException;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeserializationPolicyTest {
    private static final String HERE = "org.waybill.jms.message";

    enum Colour {
        RED
    }

    record Box(Object content) implements Serializable {}

    record Handler() implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return 0;
        }
    }

    private static Object read(Serializable object, DeserializationPolicy policy) throws Exception {
        Messages messages = Wires.messages(policy);
        return Wires.sent(messages.createObjectMessage(object)).getObject();
    }

    private static void refuses(Serializable object, DeserializationPolicy policy, String... reason) {
        assertThatThrownBy(() -> read(object, policy))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContainingAll(reason);
    }

    @Test
    void allowsNothingButStringsAndBoxesUnlessTold() throws Exception {
        for (Serializable harmless : new Serializable[] {
            "s", true, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6d, new int[] {1}, new String[] {"a"}
        }) {
            assertThat(read(harmless, DeserializationPolicy.NOTHING)).isEqualTo(harmless);
        }
        refuses(
                new ArrayList<>(List.of(1)),
                DeserializationPolicy.NOTHING,
                "java.util.ArrayList",
                "jms.deserializationPolicy.allowList");
        refuses(new Box("x"), DeserializationPolicy.NOTHING, "DeserializationPolicyTest$Box");
        refuses(new Box[0], DeserializationPolicy.NOTHING, "DeserializationPolicyTest$Box");
        refuses(Colour.RED, DeserializationPolicy.NOTHING, "Colour");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "*, -, true",
                "org.waybill, -, true",
                "org.waybill.*, -, true",
                "' java.util , org.waybill.jms.message ', -, true",
                "org.waybill.jms.message.DeserializationPolicyTest, -, true",
                "org.waybill.jms.message.DeserializationPolicyTest$Box, -, true",
                "org.waybill.jms.mess, -, false",
                "org.waybill.jms.message.DeserializationPolicyTest$Bo, -, false",
                "*, org.waybill, false",
                "*, *, false",
                "*, java.util, true",
                "org.waybill.jms.message, org.waybill.jms.message.DeserializationPolicyTest$Box, false",
            })
    void allowsWhatIsNamedAndNotDenied(String allowed, String denied, boolean allows) throws Exception {
        DeserializationPolicy policy = DeserializationPolicy.of(allowed, denied == null ? "" : denied);
        if (allows) {
            assertThat(read(new Box("x"), policy)).isEqualTo(new Box("x"));
        } else {
            refuses(new Box("x"), policy, "DeserializationPolicyTest$Box");
        }
    }

    @Test
    void looksIntoObjects() {
        refuses(new Box(new ArrayList<>()), DeserializationPolicy.of(HERE, ""), "java.util.ArrayList");
    }

    @Test
    void letsCollectionsBeAllowedByTheirOwnNames() throws Exception {
        ArrayList<Object> list = new ArrayList<>(List.of("a", 1));
        assertThat(read(list, DeserializationPolicy.of("java.util.ArrayList", "")))
                .isEqualTo(list);
    }

    @Test
    void looksAtTheInterfacesOfProxies() throws Exception {
        Serializable proxy = (Serializable) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Comparable.class, Serializable.class}, new Handler());
        refuses(proxy, DeserializationPolicy.of(HERE + ",java.lang.reflect", ""), "java.lang.Comparable");
        assertThat(read(proxy, DeserializationPolicy.of(HERE + ",java.lang,java.io", "")))
                .isInstanceOf(Comparable.class);
    }

    @Test
    void boundsDepthArraysAndNumberOfObjects() throws Exception {
        List<String> all = List.of("*");
        DeserializationPolicy policy = new DeserializationPolicy(all, List.of(), 5, 100, 50);
        Box deep = new Box(new Box(new Box(null)));
        assertThat(read(deep, policy)).isEqualTo(deep);
        refuses(new Box(new Box(new Box(deep))), policy, "jms.deserializationPolicy.maxDepth");
        assertThat((byte[]) read(new byte[100], policy)).hasSize(100);
        refuses(new byte[101], policy, "jms.deserializationPolicy.maxArrayLength");
        ArrayList<Object> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(new Box(1000 + i));
        }
        refuses(many, policy, "jms.deserializationPolicy.maxReferences");
    }

    @Test
    void endsWhereHashingWouldNot() {
        HashSet<Object> root = new HashSet<>();
        HashSet<Object> a = root;
        HashSet<Object> b = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            HashSet<Object> c = new HashSet<>();
            HashSet<Object> d = new HashSet<>();
            c.add("x");
            a.add(c);
            a.add(d);
            b.add(c);
            b.add(d);
            a = c;
            b = d;
        }
        refuses(root, DeserializationPolicy.of("*", ""), "jms.deserializationPolicy.maxDepth");
    }

    @Test
    void saysSoIfAnObjectCannotBeRead() throws Exception {
        Messages messages = Wires.messages(DeserializationPolicy.of("*", ""));
        byte[] encoded = Wires.encode(messages.createObjectMessage("text"));
        encoded[encoded.length - 6] ^= 0x55;
        JmsObjectMessage broken = (JmsObjectMessage) messages.decode(encoded, Wires.ORDERS);
        assertThatThrownBy(broken::getObject).isInstanceOf(MessageFormatException.class);
        assertThat(broken.isBodyAssignableTo(Map.class)).isFalse();
        assertThatThrownBy(() -> broken.getBody(Serializable.class)).isInstanceOf(MessageFormatException.class);
    }
}
