package org.waybill.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.selector.SelectorError;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/**
 * The values in what nodes say to each other for sessions: numbers, texts and byte strings as in {@link Events}. What cannot be read is an
 * {@link IllegalArgumentException} or a {@link java.nio.BufferUnderflowException}.
 */
final class Values {
    private static final int MAX_DEPTH = 32;

    private Values() {}

    // ---- what may be missing

    static void putOptionalText(Bytes out, @Nullable String text) {
        out.putByte(text == null ? 0 : 1);
        if (text != null) {
            out.putText(text);
        }
    }

    static @Nullable String optionalText(ByteBuffer in) {
        return in.get() == 0 ? null : text(in);
    }

    static void putOptionalBytes(Bytes out, byte @Nullable [] bytes) {
        out.putByte(bytes == null ? 0 : 1);
        if (bytes != null) {
            out.putBytes(bytes);
        }
    }

    static byte @Nullable [] optionalBytes(ByteBuffer in) {
        return in.get() == 0 ? null : bytes(in);
    }

    static byte[] bytes(ByteBuffer in) {
        long length = Bytes.var(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a byte string of " + length + " bytes is cut short");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    // ---- the broker's own

    static void putMessage(Bytes out, Message message) {
        out.putVar(message.format() & 0xFFFFFFFFL).putBytes(message.bytes());
    }

    static Message message(ByteBuffer in) {
        int format = (int) Bytes.var(in);
        try {
            return Message.of(bytes(in), format);
        } catch (DecodeError malformed) {
            throw new IllegalArgumentException("a message cannot be read", malformed);
        }
    }

    static void putOutcome(Bytes out, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            out.putByte(1);
        } else if (outcome instanceof Outcome.Released) {
            out.putByte(2);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            out.putByte(3);
            putOptionalText(out, rejected.condition());
            putOptionalText(out, rejected.description());
        } else if (outcome instanceof Outcome.Modified modified) {
            out.putByte(4).putByte((modified.deliveryFailed() ? 1 : 0) | (modified.undeliverableHere() ? 2 : 0));
            putOptionalBytes(out, modified.annotations());
        }
    }

    static Outcome outcome(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case 1 -> Outcome.ACCEPTED;
            case 2 -> Outcome.RELEASED;
            case 3 -> new Outcome.Rejected(optionalText(in), optionalText(in));
            case 4 -> {
                int bits = in.get();
                byte[] annotations = optionalBytes(in);
                yield bits == 1 && annotations == null
                        ? Outcome.FAILED
                        : new Outcome.Modified((bits & 1) != 0, (bits & 2) != 0, annotations);
            }
            default -> throw new IllegalArgumentException("an unknown outcome: " + kind);
        };
    }

    static void putDurability(Bytes out, AddressSettings.Durability level) {
        out.putByte(
                switch (level) {
                    case MAJORITY_FORCED -> 1;
                    case LEADER_FORCED -> 2;
                    case MAJORITY_IN_MEMORY -> 3;
                });
    }

    static AddressSettings.Durability durability(ByteBuffer in) {
        int level = in.get();
        return switch (level) {
            case 1 -> AddressSettings.Durability.MAJORITY_FORCED;
            case 2 -> AddressSettings.Durability.LEADER_FORCED;
            case 3 -> AddressSettings.Durability.MAJORITY_IN_MEMORY;
            default -> throw new IllegalArgumentException("an unknown level of durability: " + level);
        };
    }

    static void putError(Bytes out, BrokerError error) {
        out.putText(error.code().name()).putText(error.message());
    }

    static BrokerError error(ByteBuffer in) {
        return new BrokerError(BrokerError.Code.valueOf(text(in)), text(in));
    }

    static void putDestination(Bytes out, Destination destination) {
        out.putText(destination.name()).putText(destination.kind().name());
    }

    static Destination destination(ByteBuffer in) {
        String name = text(in);
        return new Destination(name, NodeKind.valueOf(text(in)));
    }

    static void putSelector(Bytes out, @Nullable Selector selector) {
        putOptionalText(out, selector == null ? null : selector.text());
    }

    static @Nullable Selector selector(ByteBuffer in) {
        String text = optionalText(in);
        try {
            return text == null ? null : Selector.restore(text);
        } catch (SelectorError malformed) {
            throw new IllegalArgumentException("a selector cannot be read", malformed);
        }
    }

    static void putSubscriptionId(Bytes out, SubscriptionId id) {
        out.putText(id.name());
        putOptionalText(out, id.clientId());
    }

    static SubscriptionId subscriptionId(ByteBuffer in) {
        String name = text(in);
        return new SubscriptionId(name, optionalText(in));
    }

    static void putSpec(Bytes out, ConsumerSpec spec) {
        SubscriptionSpec named = spec.subscription();
        out.putText(spec.address()).putText(spec.kind().name());
        out.putByte((spec.browse() ? 1 : 0)
                | (spec.preSettled() ? 2 : 0)
                | (spec.noLocal() ? 4 : 0)
                | (named == null ? 0 : 8)
                | (named != null && named.durable() ? 16 : 0)
                | (named != null && named.shared() ? 32 : 0));
        putOutcome(out, spec.defaultOutcome());
        putSelector(out, spec.selector());
        if (named != null) {
            putSubscriptionId(out, named.id());
        }
        out.putVar(spec.priority() & 0xFFFFFFFFL);
    }

    static ConsumerSpec spec(ByteBuffer in) {
        String address = text(in);
        NodeKind kind = NodeKind.valueOf(text(in));
        int bits = in.get();
        Outcome outcome = outcome(in);
        Selector selector = selector(in);
        SubscriptionSpec named =
                (bits & 8) == 0 ? null : new SubscriptionSpec(subscriptionId(in), (bits & 16) != 0, (bits & 32) != 0);
        int priority = (int) Bytes.var(in);
        return new ConsumerSpec(
                address, kind, (bits & 1) != 0, (bits & 2) != 0, outcome, selector, named, (bits & 4) != 0, priority);
    }

    // ---- replies

    static void putReply(Bytes out, Reply<?> reply) {
        if (reply instanceof Reply.Refused<?> refused) {
            putError(out.putByte(0), refused.error());
        } else if (reply instanceof Reply.Done<?> done) {
            putValue(out.putByte(1), done.value());
        }
    }

    static Reply<Object> reply(ByteBuffer in) {
        if (in.get() == 0) {
            return new Reply.Refused<>(error(in));
        }
        Object value = value(in, 0);
        if (value == null) {
            throw new IllegalArgumentException("a reply has a value");
        }
        return new Reply.Done<>(value);
    }

    /** Null, Boolean, Integer, Long, Double, String, UUID, bytes, and lists and maps of them, as {@link org.waybill.spi.Operation} has them. */
    static void putValue(Bytes out, @Nullable Object value) {
        if (value == null) {
            out.putByte(0);
        } else if (value instanceof Boolean flag) {
            out.putByte(1).putByte(flag ? 1 : 0);
        } else if (value instanceof Integer number) {
            out.putByte(2).putLong(number);
        } else if (value instanceof Long number) {
            out.putByte(3).putLong(number);
        } else if (value instanceof Double number) {
            out.putByte(10).putLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof String text) {
            out.putByte(4).putText(text);
        } else if (value instanceof UUID id) {
            out.putByte(5).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        } else if (value instanceof byte[] bytes) {
            out.putByte(6).putBytes(bytes);
        } else if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            out.putByte(7).putBytes(bytes);
        } else if (value instanceof List<?> list) {
            out.putByte(8).putVar(list.size());
            list.forEach(each -> putValue(out, each));
        } else if (value instanceof Map<?, ?> map) {
            out.putByte(9).putVar(map.size());
            map.forEach((key, each) -> {
                out.putText(String.valueOf(key));
                putValue(out, each);
            });
        } else {
            throw new IllegalArgumentException("no value to be sent to another node: " + value.getClass());
        }
    }

    private static @Nullable Object value(ByteBuffer in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("a value is nested more than " + MAX_DEPTH + " deep");
        }
        int type = in.get();
        return switch (type) {
            case 0 -> null;
            case 1 -> in.get() != 0;
            case 2 -> (int) Bytes.long64(in);
            case 3 -> Bytes.long64(in);
            case 4 -> text(in);
            case 5 -> new UUID(Bytes.long64(in), Bytes.long64(in));
            case 6 -> bytes(in);
            case 7 -> ByteBuffer.wrap(bytes(in)).asReadOnlyBuffer();
            case 8 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (long i = count(in); i > 0; i--) {
                    list.add(value(in, depth + 1));
                }
                yield list;
            }
            case 9 -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (long i = count(in); i > 0; i--) {
                    String key = text(in);
                    map.put(key, value(in, depth + 1));
                }
                yield map;
            }
            case 10 -> Double.longBitsToDouble(Bytes.long64(in));
            default -> throw new IllegalArgumentException("an unknown type of value: " + type);
        };
    }

    private static long count(ByteBuffer in) {
        long count = Bytes.var(in);
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a list of " + count + " values is cut short");
        }
        return count;
    }
}
