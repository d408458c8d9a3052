package org.waybill.shard;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Xid;

/** Carries out administrative operations on what lives on one shard; see {@link Operation} for what they answer. */
final class Administration {
    private final Commands commands;
    private final NodeAdministration nodes;
    private final ConsumerAdministration consumers;
    private final MessageAdministration messages;
    private final BranchAdministration branches;

    Administration(Shard shard, State state, TopicCommands topics, Commands commands) {
        this.commands = commands;
        this.nodes = new NodeAdministration(shard, state, topics, commands);
        this.consumers = new ConsumerAdministration(shard, state, commands);
        this.messages = new MessageAdministration(shard);
        this.branches = new BranchAdministration(shard);
    }

    /** What is wrong with an operation whatever the state, or null. Any thread. */
    static @Nullable BrokerError refusal(Operation operation) {
        Target target = Operation.targetOf(operation);
        boolean ofBranches = operation instanceof Operation.EndBranch;
        if (target == null || target.type() != Operation.Type.BRANCH) {
            return ofBranches
                    ? new BrokerError(Code.NOT_IMPLEMENTED, target + " is not a branch")
                    : refusalOfNodes(operation);
        }
        return ofBranches || operation instanceof Operation.Read
                ? refusalOfXid(target.name())
                : new BrokerError(Code.NOT_IMPLEMENTED, "a branch can be read, committed, rolled back and forgotten");
    }

    private static @Nullable BrokerError refusalOfXid(String xid) {
        try {
            Xid.parse(xid);
            return null;
        } catch (IllegalArgumentException wrong) {
            return new BrokerError(Code.INVALID_FIELD, String.valueOf(wrong.getMessage()));
        }
    }

    private static @Nullable BrokerError refusalOfNodes(Operation operation) {
        if (operation instanceof Operation.MoveQueue move && move.queue().type() != Operation.Type.QUEUE) {
            return new BrokerError(
                    Code.NOT_IMPLEMENTED, "only queues move to another shard: topics are all on the first");
        } else if (operation instanceof Operation.Query query) {
            return query.type() == Operation.Type.ADDRESS
                    ? new BrokerError(Code.NOT_IMPLEMENTED, "addresses cannot be listed: any name is one")
                    : refusal(query.offset(), query.count(), Operation.MAX_ROWS);
        } else if (operation instanceof Operation.QueryMessages query) {
            return refusal(query.offset(), query.count(), Operation.MAX_ROWS);
        } else if (operation instanceof Operation.MoveMessages move) {
            return refusal(0, move.count(), Operation.MAX_MESSAGES);
        } else if (operation instanceof Operation.DeleteMessages delete) {
            return refusal(0, delete.count(), Operation.MAX_MESSAGES);
        }
        return null;
    }

    private static @Nullable BrokerError refusal(int offset, int count, int most) {
        if (offset < 0 || offset > Operation.MAX_OFFSET) {
            return new BrokerError(
                    Code.INVALID_FIELD, "offset must be from 0 to " + Operation.MAX_OFFSET + ", not " + offset);
        }
        return count < 1 || count > most
                ? new BrokerError(Code.INVALID_FIELD, "count must be from 1 to " + most + ", not " + count)
                : null;
    }

    void run(Batch batch, int i, Outbox outbox) {
        Object to = batch.y[i];
        Consumer<Reply<List<Map<String, Object>>>> reply = result -> commands.reply(outbox, to, result);
        Operation operation = (Operation) Invariant.present(batch.x[i]);
        if (operation instanceof Operation.Query query) {
            reply.accept(new Reply.Done<>(
                    switch (query.type()) {
                        case CONSUMER -> consumers.list(query);
                        case BRANCH -> branches.list(query);
                        default -> nodes.list(query);
                    }));
            return;
        }
        Target target = Invariant.present(Operation.targetOf(operation));
        BrokerError elsewhere = nodes.elsewhere(operation, target);
        if (elsewhere != null) {
            reply.accept(new Reply.Refused<>(elsewhere));
        } else if (target.type() == Operation.Type.BRANCH) {
            branches.carryOut(operation, target, reply);
        } else if (target.type() == Operation.Type.CONSUMER) {
            reply.accept(consumers.carryOut(operation, target));
        } else if (operation instanceof Operation.Read
                || operation instanceof Operation.Create
                || operation instanceof Operation.Delete
                || operation instanceof Operation.MoveQueue
                || operation instanceof Operation.Purge) {
            reply.accept(nodes.carryOut(operation, target));
        } else {
            Node node = nodes.holder(target);
            if (node == null) {
                reply.accept(unknown(target));
            } else {
                messages.carryOut(operation, node, reply);
            }
        }
    }

    static Reply<List<Map<String, Object>>> unknown(Target target) {
        return refused(Code.NOT_FOUND, target + " does not exist");
    }

    static Reply<List<Map<String, Object>>> impossible(String what) {
        return refused(Code.NOT_IMPLEMENTED, what);
    }

    static Reply<List<Map<String, Object>>> refused(Code code, String why) {
        return new Reply.Refused<>(new BrokerError(code, why));
    }
}
