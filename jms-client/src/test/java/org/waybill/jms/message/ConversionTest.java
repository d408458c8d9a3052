package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every cell of the tables of Jakarta Messaging 3.1, sections 3.5.4 and 3.11.3, through every kind of message that has values. */
final class ConversionTest {
    /** A value of each type, and what it can be read as. */
    private static final Map<Object, Set<String>> TABLE = new LinkedHashMap<>();

    private static final List<String> TYPES =
            List.of("boolean", "byte", "short", "char", "int", "long", "float", "double", "String", "byte[]");

    static {
        TABLE.put(true, Set.of("boolean", "String"));
        TABLE.put((byte) 1, Set.of("byte", "short", "int", "long", "String"));
        TABLE.put((short) 1, Set.of("short", "int", "long", "String"));
        TABLE.put('1', Set.of("char", "String"));
        TABLE.put(1, Set.of("int", "long", "String"));
        TABLE.put(1L, Set.of("long", "String"));
        TABLE.put(1f, Set.of("float", "double", "String"));
        TABLE.put(1d, Set.of("double", "String"));
        TABLE.put("1", Set.of("boolean", "byte", "short", "int", "long", "float", "double", "String"));
        TABLE.put(new byte[] {1}, Set.of("byte[]"));
    }

    private static final Map<String, Object> EXPECTED = Map.of(
            "boolean", true, "byte", (byte) 1, "short", (short) 1, "char", '1', "int", 1, "long", 1L, "float", 1f,
            "double", 1d);

    private final Messages messages = Wires.messages();

    private interface Reading {
        Object read(JmsMessage message, String type) throws JMSException;
    }

    private static Object property(JmsMessage m, String type) throws JMSException {
        return switch (type) {
            case "boolean" -> m.getBooleanProperty("p");
            case "byte" -> m.getByteProperty("p");
            case "short" -> m.getShortProperty("p");
            case "int" -> m.getIntProperty("p");
            case "long" -> m.getLongProperty("p");
            case "float" -> m.getFloatProperty("p");
            case "double" -> m.getDoubleProperty("p");
            default -> m.getStringProperty("p");
        };
    }

    private static Object entry(JmsMessage message, String type) throws JMSException {
        JmsMapMessage m = (JmsMapMessage) message;
        return switch (type) {
            case "boolean" -> m.getBoolean("p");
            case "byte" -> m.getByte("p");
            case "short" -> m.getShort("p");
            case "char" -> m.getChar("p");
            case "int" -> m.getInt("p");
            case "long" -> m.getLong("p");
            case "float" -> m.getFloat("p");
            case "double" -> m.getDouble("p");
            case "byte[]" -> m.getBytes("p");
            default -> m.getString("p");
        };
    }

    private static Object value(JmsMessage message, String type) throws JMSException {
        JmsStreamMessage m = (JmsStreamMessage) message;
        return switch (type) {
            case "boolean" -> m.readBoolean();
            case "byte" -> m.readByte();
            case "short" -> m.readShort();
            case "char" -> m.readChar();
            case "int" -> m.readInt();
            case "long" -> m.readLong();
            case "float" -> m.readFloat();
            case "double" -> m.readDouble();
            case "byte[]" -> {
                byte[] bytes = new byte[8];
                int count = m.readBytes(bytes);
                yield count < 0 ? null : java.util.Arrays.copyOf(bytes, count);
            }
            default -> m.readString();
        };
    }

    @TestFactory
    List<DynamicTest> readsPropertiesAsTheTableSays() {
        List<DynamicTest> tests = new ArrayList<>();
        TABLE.forEach((written, readable) -> {
            if (written instanceof Character || written instanceof byte[]) {
                tests.add(dynamicTest("no property is a " + name(written), () -> assertThatThrownBy(
                                () -> messages.createMessage().setObjectProperty("p", written))
                        .isInstanceOf(MessageFormatException.class)));
                return;
            }
            for (String type : TYPES) {
                if (!type.equals("char") && !type.equals("byte[]")) {
                    tests.add(dynamicTest(name(written) + " as " + type, () -> {
                        JmsMessage message = messages.createMessage();
                        message.setObjectProperty("p", written);
                        check(message, ConversionTest::property, type, written, readable);
                        check(Wires.sent(message), ConversionTest::property, type, written, readable);
                    }));
                }
            }
        });
        return tests;
    }

    @TestFactory
    List<DynamicTest> readsMapsAsTheTableSays() {
        List<DynamicTest> tests = new ArrayList<>();
        TABLE.forEach((written, readable) ->
                TYPES.forEach(type -> tests.add(dynamicTest(name(written) + " as " + type, () -> {
                    JmsMapMessage message = messages.createMapMessage();
                    message.setObject("p", written);
                    check(message, ConversionTest::entry, type, written, readable);
                    check(Wires.sent(message), ConversionTest::entry, type, written, readable);
                }))));
        return tests;
    }

    @TestFactory
    List<DynamicTest> readsStreamsAsTheTableSays() {
        List<DynamicTest> tests = new ArrayList<>();
        TABLE.forEach((written, readable) ->
                TYPES.forEach(type -> tests.add(dynamicTest(name(written) + " as " + type, () -> {
                    JmsStreamMessage message = messages.createStreamMessage();
                    message.writeObject(written);
                    JmsStreamMessage received = Wires.sent(message);
                    check(received, ConversionTest::value, type, written, readable);
                    if (!readable.contains(type)) {
                        assertThat(received.readObject())
                                .as("still there after the failure")
                                .isEqualTo(written);
                    }
                }))));
        return tests;
    }

    private static String name(Object value) {
        return value.getClass().getSimpleName();
    }

    private static void check(JmsMessage message, Reading reading, String type, Object written, Set<String> readable)
            throws JMSException {
        if (!readable.contains(type)) {
            assertThatThrownBy(() -> reading.read(message, type)).isInstanceOf(MessageFormatException.class);
        } else if (type.equals("String")) {
            assertThat(reading.read(message, type)).isEqualTo(String.valueOf(written));
        } else if (type.equals("boolean") && written instanceof String) {
            assertThat(reading.read(message, type)).isEqualTo(false);
        } else {
            assertThat(reading.read(message, type)).isEqualTo(type.equals("byte[]") ? written : EXPECTED.get(type));
        }
    }

    @TestFactory
    List<DynamicTest> readsNothingAsTheConversionOfNothing() throws JMSException {
        JmsMapMessage map = messages.createMapMessage();
        map.setObject("p", null);
        JmsMessage properties = messages.createMessage();
        properties.setObjectProperty("p", null);
        JmsStreamMessage stream = messages.createStreamMessage();
        stream.writeObject(null);
        stream.writeObject(null);
        stream.reset();
        List<DynamicTest> tests = new ArrayList<>();
        for (String type : TYPES) {
            tests.add(dynamicTest("map entry as " + type, () -> checkNull(() -> entry(map, type), type)));
            tests.add(dynamicTest("missing map entry as " + type, () -> {
                checkNull(() -> entry(messages.createMapMessage(), type), type);
            }));
            tests.add(dynamicTest("stream value as " + type, () -> {
                stream.reset();
                checkNull(() -> value(stream, type), type);
            }));
            if (!type.equals("char") && !type.equals("byte[]")) {
                tests.add(dynamicTest("property as " + type, () -> checkNull(() -> property(properties, type), type)));
                tests.add(dynamicTest("missing property as " + type, () -> {
                    checkNull(() -> property(messages.createMessage(), type), type);
                }));
            }
        }
        return tests;
    }

    private interface NullReading {
        Object read() throws JMSException;
    }

    private static void checkNull(NullReading reading, String type) throws JMSException {
        ThrowingCallable call = reading::read;
        switch (type) {
            case "boolean" -> assertThat(reading.read()).isEqualTo(false);
            case "String", "byte[]" -> assertThat(reading.read()).isNull();
            case "byte", "short", "int", "long" -> assertThatThrownBy(call).isInstanceOf(NumberFormatException.class);
            default -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
        }
    }

    @TestFactory
    List<DynamicTest> refusesStringsThatAreNoNumbers() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String type : List.of("byte", "short", "int", "long", "float", "double")) {
            tests.add(dynamicTest(type, () -> {
                JmsStreamMessage message = messages.createStreamMessage();
                message.writeString("many");
                message.reset();
                assertThatThrownBy(() -> value(message, type)).isInstanceOf(NumberFormatException.class);
                assertThat(message.readString())
                        .as("still there after the failure")
                        .isEqualTo("many");
            }));
        }
        return tests;
    }
}
