package org.waybill.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Selection;

/** Shows, moves and deletes messages in the queues and subscriptions of one shard. */
final class MessageAdministration {
    private final Shard shard;

    MessageAdministration(Shard shard) {
        this.shard = shard;
    }

    void carryOut(Operation operation, Node node, Consumer<Reply<List<Map<String, Object>>>> reply) {
        if (operation instanceof Operation.QueryMessages query) {
            scan(node, query.which(), true, new Page(query.offset(), query.count(), reply));
        } else if (operation instanceof Operation.ReadMessage read) {
            read(node, read, reply);
        } else if (operation instanceof Operation.DeleteMessages delete) {
            scan(node, delete.which(), false, new Deletion(node, delete, reply));
        } else {
            move(node, (Operation.MoveMessages) operation, reply);
        }
    }

    private void scan(Node node, Selection which, boolean showsMessages, MessageScan.Visitor visitor) {
        new MessageScan(shard, node.queue, which, showsMessages, visitor).start();
    }

    private static Reply<List<Map<String, Object>>> done(Map<String, Object> row) {
        return new Reply.Done<>(List.of(row));
    }

    private static BrokerError unknown(Node node, List<Long> ids) {
        return new BrokerError(
                Code.NOT_FOUND,
                node.title() + " has no message " + (ids.size() == 1 ? ids.get(0) : "of these: " + ids)
                        + " that nobody holds");
    }

    // ---- looking

    private void read(Node node, Operation.ReadMessage read, Consumer<Reply<List<Map<String, Object>>>> reply) {
        Selection one = new Selection(List.of(read.id()), null, null);
        scan(node, one, true, new MessageScan.Visitor() {
            private @Nullable Map<String, Object> row;

            @Override
            public boolean found(Block block, int index, @Nullable Message message) {
                Map<String, Object> attributes = row(block, index, message);
                if (message != null) {
                    byte[] bytes = message.bytes();
                    attributes.put("encoded", Arrays.copyOf(bytes, Math.min(bytes.length, read.maxBytes())));
                }
                row = attributes;
                return false;
            }

            @Override
            public void ended() {
                reply.accept(
                        row != null
                                ? done(row)
                                : Administration.refused(
                                        Code.NOT_FOUND, node.title() + " has no message " + read.id()));
            }
        });
    }

    private static final class Page implements MessageScan.Visitor {
        private final int count;
        private final Consumer<Reply<List<Map<String, Object>>>> reply;
        private final List<Map<String, Object>> rows = new ArrayList<>();
        private int before;

        Page(int offset, int count, Consumer<Reply<List<Map<String, Object>>>> reply) {
            this.before = offset;
            this.count = count;
            this.reply = reply;
        }

        @Override
        public boolean found(Block block, int index, @Nullable Message message) {
            if (before > 0) {
                before--;
                return true;
            }
            rows.add(row(block, index, message));
            return rows.size() < count;
        }

        @Override
        public void ended() {
            reply.accept(new Reply.Done<>(rows));
        }
    }

    private static Map<String, Object> row(Block block, int index, @Nullable Message message) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", block.id(index));
        row.put("state", MessageScan.state(block, index).name().toLowerCase(Locale.ROOT));
        row.put("size", message == null ? block.recordBytes(index) : message.size());
        row.put("delivery-count", block.deliveryCount(index));
        put(row, "expiry-time", block.expiresAtMs(index) == 0 ? null : block.expiresAtMs(index));
        put(row, "due-time", block.dueAtMs(index) == 0 ? null : block.dueAtMs(index));
        if (message != null) {
            row.put("priority", message.priority());
            row.put("durable", message.durable());
            put(row, "message-id", message.property(Message.MESSAGE_ID));
            put(row, "creation-time", message.property(Message.CREATION_TIME));
            put(row, "to", message.property(Message.TO));
            put(row, "reply-to", message.property(Message.REPLY_TO));
            put(row, "subject", message.property(Message.SUBJECT));
            put(row, "correlation-id", message.property(Message.CORRELATION_ID));
            put(row, "content-type", message.property(Message.CONTENT_TYPE));
            put(row, "group-id", message.property(Message.GROUP_ID));
        }
        return row;
    }

    private static void put(Map<String, Object> row, String name, @Nullable Object value) {
        if (value != null) {
            row.put(name, value);
        }
    }

    // ---- deleting

    private final class Deletion implements MessageScan.Visitor {
        private final Node node;
        private final Operation.DeleteMessages asked;
        private final Consumer<Reply<List<Map<String, Object>>>> reply;
        private long deleted;

        Deletion(Node node, Operation.DeleteMessages asked, Consumer<Reply<List<Map<String, Object>>>> reply) {
            this.node = node;
            this.asked = asked;
            this.reply = reply;
        }

        @Override
        public boolean found(Block block, int index, @Nullable Message message) {
            if (node.queue.intervention().isFree(block, index)) {
                shard.storage().removed(node.queue, block, index);
                deleted++;
            }
            return deleted < asked.count();
        }

        @Override
        public void ended() {
            List<Long> ids = asked.which().ids();
            reply.accept(
                    deleted == 0 && !ids.isEmpty()
                            ? new Reply.Refused<>(unknown(node, ids))
                            : done(Map.of("deleted", deleted)));
        }
    }

    // ---- moving

    private void move(Node node, Operation.MoveMessages asked, Consumer<Reply<List<Map<String, Object>>>> reply) {
        Destination to = Destination.of(asked.to(), NodeKind.QUEUE);
        BrokerError refusal = Names.refusal(to.name());
        if (refusal != null) {
            reply.accept(new Reply.Refused<>(refusal));
        } else if (to.kind() == NodeKind.TOPIC) {
            reply.accept(Administration.refused(
                    Code.INVALID_FIELD, "messages are moved to a queue, and " + asked.to() + " is a topic"));
        } else if (node.isQueue(to.name())) {
            reply.accept(Administration.refused(
                    Code.INVALID_FIELD, "messages cannot be moved from " + node.title() + " to itself"));
        } else {
            scan(node, asked.which(), false, new Move(node, to.name(), asked, reply));
        }
    }

    /** Messages on their way; answered when the last of them has arrived or is back at its place. */
    private final class Move implements MessageScan.Visitor {
        private final Node node;
        private final String to;
        private final Operation.MoveMessages asked;
        private final Consumer<Reply<List<Map<String, Object>>>> reply;
        private int begun;
        private boolean allBegun;
        private long moved;
        private long failed;
        private @Nullable BrokerError error;

        Move(Node node, String to, Operation.MoveMessages asked, Consumer<Reply<List<Map<String, Object>>>> reply) {
            this.node = node;
            this.to = to;
            this.asked = asked;
            this.reply = reply;
        }

        @Override
        public boolean found(Block block, int index, @Nullable Message message) {
            Queue queue = node.queue;
            if (queue.intervention().isFree(block, index)) {
                begun++;
                long id = block.id(index);
                boolean scheduled = queue.intervention().withdraw(block, index);
                shard.mover().move(queue, block, index, to, new Moving.Ending() {
                    private boolean told;

                    @Override
                    public void ended(@Nullable BrokerError problem) {
                        if (problem != null && !queue.closed() && block.isHere(index, id)) {
                            queue.intervention().replace(block, index, scheduled);
                        }
                        tell(problem);
                    }

                    @Override
                    public void delayed() {
                        // it is decided that it goes there, so there is nothing else to wait for
                        tell(null);
                    }

                    private void tell(@Nullable BrokerError problem) {
                        if (!told) {
                            told = true;
                            Move.this.ended(problem);
                        }
                    }
                });
            }
            return begun < asked.count();
        }

        @Override
        public void ended() {
            allBegun = true;
            answerWhenDone();
        }

        private void ended(@Nullable BrokerError problem) {
            moved += problem == null ? 1 : 0;
            failed += problem == null ? 0 : 1;
            error = problem == null ? error : problem;
            answerWhenDone();
        }

        private void answerWhenDone() {
            if (!allBegun || moved + failed < begun) {
                return;
            }
            List<Long> ids = asked.which().ids();
            if (begun == 0 && !ids.isEmpty()) {
                reply.accept(new Reply.Refused<>(unknown(node, ids)));
            } else if (moved == 0 && error != null) {
                reply.accept(new Reply.Refused<>(error));
            } else {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("moved", moved);
                if (error != null) {
                    row.put("failed", failed);
                    row.put("reason", error.message());
                }
                reply.accept(done(row));
            }
        }
    }
}
