package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Selector;
import org.waybill.selector.SelectorError;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Selection;
import org.waybill.spi.Operation.Target;

/** Makes an operation of the broker of a request to the management node. */
final class ManagementOperations {
    /** The most bytes of a message that one answer shows. */
    static final int MAX_SHOWN_BYTES = 64 * 1024;

    private static final int DEFAULT_MESSAGES = 100;
    private static final Set<String> NAMING = Set.of("name", "identity", "type", "operation", "client-id");

    private ManagementOperations() {}

    /**
     * The operation that a request asks for, which the type has.
     *
     * @param type what it is about
     * @throws ManagementError when an argument is missing or wrong
     */
    static Operation of(ManagementRequest request, ManagementType type) {
        return type == ManagementType.MESSAGE ? ofMessages(request) : ofNodes(request, type);
    }

    /** Throws {@link ManagementError} if a type has no operation of this name. */
    static void check(ManagementRequest request, ManagementType type) {
        if (!type.operations().contains(request.operation())) {
            throw ManagementError.notImplemented(
                    request.operation().equals("UPDATE")
                            ? "nothing about a " + type.symbol()
                                    + " can be changed: what is set for its address is in the configuration"
                            : "there is no operation " + request.operation() + " for type " + type.symbol());
        }
    }

    private static Operation ofNodes(ManagementRequest request, ManagementType type) {
        Operation.Type nodes = type.nodes();
        if (nodes == null) {
            throw ManagementError.badRequest("operation " + request.operation() + " needs the argument entityType");
        }
        if (request.operation().equals("QUERY")) {
            return new Operation.Query(nodes, request.number("offset", 0), request.number("count", Operation.MAX_ROWS));
        }
        Target target = new Target(nodes, name(request), request.text("client-id"));
        return switch (request.operation()) {
            case "CREATE" -> create(request, target);
            case "READ" -> new Operation.Read(target);
            case "DELETE" -> new Operation.Delete(target);
            case "MOVE" -> new Operation.MoveQueue(target, shard(request));
            case "COMMIT" -> new Operation.EndBranch(target, Operation.Decision.COMMIT);
            case "ROLLBACK" -> new Operation.EndBranch(target, Operation.Decision.ROLL_BACK);
            case "FORGET" -> new Operation.EndBranch(target, Operation.Decision.FORGET);
            default -> new Operation.Purge(target);
        };
    }

    private static Operation create(ManagementRequest request, Target target) {
        for (Object attribute : request.body().keySet()) {
            if (!NAMING.contains(String.valueOf(attribute))) {
                throw ManagementError.badRequest("the attribute " + attribute
                        + " cannot be set: what is set for an address is in the configuration");
            }
        }
        return new Operation.Create(target);
    }

    static String name(ManagementRequest request) {
        String identity = request.text("identity");
        return identity != null ? identity : request.required("name");
    }

    private static int shard(ManagementRequest request) {
        int shard = request.number("shard", -1);
        if (shard < 0) {
            throw ManagementError.badRequest("operation MOVE needs the argument shard, the number of a shard from 0");
        }
        return shard;
    }

    // ---- messages

    private static Operation ofMessages(ManagementRequest request) {
        Target in = holder(request);
        return switch (request.operation()) {
            case "QUERY", "BROWSE" -> new Operation.QueryMessages(
                    in, selection(request), request.number("offset", 0), request.number("count", DEFAULT_MESSAGES));
            case "READ" -> new Operation.ReadMessage(in, one(request), MAX_SHOWN_BYTES);
            case "MOVE" -> new Operation.MoveMessages(
                    in, chosen(request), request.number("count", DEFAULT_MESSAGES), request.required("to"));
            default -> new Operation.DeleteMessages(in, chosen(request), request.number("count", DEFAULT_MESSAGES));
        };
    }

    /** The queue or subscription whose messages are meant. */
    private static Target holder(ManagementRequest request) {
        String queue = request.text("queue");
        String subscription = request.text("subscription");
        if ((queue == null) == (subscription == null)) {
            throw ManagementError.badRequest(
                    "operation " + request.operation() + " needs one of the arguments queue and subscription");
        }
        return queue != null
                ? new Target(Operation.Type.QUEUE, queue)
                : new Target(Operation.Type.SUBSCRIPTION, String.valueOf(subscription), request.text("client-id"));
    }

    private static long one(ManagementRequest request) {
        List<Long> ids = ids(request);
        if (ids.size() != 1) {
            throw ManagementError.badRequest("operation READ needs the argument id, the number of one message");
        }
        return ids.get(0);
    }

    /** As {@link #selection}, but all of a queue's messages only if the request says so. */
    private static Selection chosen(ManagementRequest request) {
        Selection selection = selection(request);
        boolean isAll = selection.ids().isEmpty() && selection.selector() == null && selection.state() == null;
        if (isAll && request.argument("count") == null) {
            throw ManagementError.badRequest("operation " + request.operation()
                    + " needs one of the arguments id, ids, selector, filter, state and count");
        }
        return selection;
    }

    private static Selection selection(ManagementRequest request) {
        return new Selection(ids(request), selector(request), state(request.text("state")));
    }

    private static @Nullable Selector selector(ManagementRequest request) {
        String selector = request.text("selector");
        String filter = request.text("filter");
        try {
            Selector chosen = selector == null ? null : Selector.parse(selector);
            if (filter == null) {
                return chosen;
            }
            Selector second = Selector.parseFilter(filter);
            return chosen == null ? second : chosen.and(second);
        } catch (SelectorError error) {
            throw ManagementError.badRequest("the selector cannot be used: " + error.getMessage());
        }
    }

    private static Operation.@Nullable State state(@Nullable String name) {
        if (name == null) {
            return null;
        }
        for (Operation.State state : Operation.State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(name)) {
                return state;
            }
        }
        throw ManagementError.badRequest("state must be available, acquired, scheduled or undecided, not " + name);
    }

    private static List<Long> ids(ManagementRequest request) {
        List<Long> ids = new ArrayList<>();
        Object one = request.argument("id") != null ? request.argument("id") : request.argument("identity");
        if (one != null) {
            ids.add(id(one));
        }
        if (request.argument("ids") instanceof List<?> listed) {
            listed.forEach(each -> ids.add(id(each)));
        }
        if (ids.size() > Operation.MAX_MESSAGES) {
            throw ManagementError.badRequest("ids has more than " + Operation.MAX_MESSAGES + " messages");
        }
        return ids;
    }

    private static long id(@Nullable Object value) {
        Long id = value == null ? null : ManagementRequest.wholeNumber(value);
        if (id == null) {
            throw ManagementError.badRequest("a message's id must be a whole number, not " + value);
        }
        return id;
    }
}
