package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Selection;
import org.waybill.spi.Operation.Target;

/** The bytes of administrative operations on their way to the node that leads what they are about; see {@link Values}. */
final class Operations {
    private static final int QUERY = 1;
    private static final int READ = 2;
    private static final int CREATE = 3;
    private static final int DELETE = 4;
    private static final int PURGE = 5;
    private static final int QUERY_MESSAGES = 6;
    private static final int READ_MESSAGE = 7;
    private static final int MOVE_MESSAGES = 8;
    private static final int DELETE_MESSAGES = 9;
    private static final int END_BRANCH = 10;
    private static final int MOVE_QUEUE = 11;

    private Operations() {}

    static void put(Bytes out, Operation operation) {
        if (operation instanceof Operation.Query query) {
            out.putByte(QUERY).putText(query.type().name());
            out.putVar(query.offset()).putVar(query.count());
        } else if (operation instanceof Operation.Read read) {
            target(out.putByte(READ), read.target());
        } else if (operation instanceof Operation.Create create) {
            target(out.putByte(CREATE), create.target());
        } else if (operation instanceof Operation.Delete delete) {
            target(out.putByte(DELETE), delete.target());
        } else if (operation instanceof Operation.Purge purge) {
            target(out.putByte(PURGE), purge.target());
        } else if (operation instanceof Operation.MoveQueue move) {
            target(out.putByte(MOVE_QUEUE), move.queue());
            out.putVar(move.shard());
        } else if (operation instanceof Operation.QueryMessages query) {
            target(out.putByte(QUERY_MESSAGES), query.in());
            selection(out, query.which());
            out.putVar(query.offset()).putVar(query.count());
        } else if (operation instanceof Operation.ReadMessage read) {
            target(out.putByte(READ_MESSAGE), read.in());
            out.putVar(read.id()).putVar(read.maxBytes());
        } else if (operation instanceof Operation.MoveMessages move) {
            target(out.putByte(MOVE_MESSAGES), move.in());
            selection(out, move.which());
            out.putVar(move.count()).putText(move.to());
        } else if (operation instanceof Operation.DeleteMessages delete) {
            target(out.putByte(DELETE_MESSAGES), delete.in());
            selection(out, delete.which());
            out.putVar(delete.count());
        } else if (operation instanceof Operation.EndBranch end) {
            target(out.putByte(END_BRANCH), end.branch());
            out.putText(end.decision().name());
        }
    }

    static Operation read(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case QUERY -> new Operation.Query(Operation.Type.valueOf(Values.text(in)), number(in), number(in));
            case READ -> new Operation.Read(target(in));
            case CREATE -> new Operation.Create(target(in));
            case DELETE -> new Operation.Delete(target(in));
            case PURGE -> new Operation.Purge(target(in));
            case MOVE_QUEUE -> new Operation.MoveQueue(target(in), number(in));
            case QUERY_MESSAGES -> new Operation.QueryMessages(target(in), selection(in), number(in), number(in));
            case READ_MESSAGE -> new Operation.ReadMessage(target(in), Bytes.var(in), number(in));
            case MOVE_MESSAGES -> new Operation.MoveMessages(target(in), selection(in), number(in), Values.text(in));
            case DELETE_MESSAGES -> new Operation.DeleteMessages(target(in), selection(in), number(in));
            case END_BRANCH -> new Operation.EndBranch(target(in), Operation.Decision.valueOf(Values.text(in)));
            default -> throw new IllegalArgumentException("an unknown operation: " + kind);
        };
    }

    private static int number(ByteBuffer in) {
        return (int) Bytes.var(in);
    }

    private static void target(Bytes out, Target target) {
        out.putText(target.type().name()).putText(target.name());
        Values.putOptionalText(out, target.clientId());
    }

    private static Target target(ByteBuffer in) {
        Operation.Type type = Operation.Type.valueOf(Values.text(in));
        String name = Values.text(in);
        return new Target(type, name, Values.optionalText(in));
    }

    private static void selection(Bytes out, Selection which) {
        out.putVar(which.ids().size());
        which.ids().forEach(out::putVar);
        Values.putSelector(out, which.selector());
        Values.putOptionalText(out, which.state() == null ? null : which.state().name());
    }

    private static Selection selection(ByteBuffer in) {
        long count = Bytes.var(in);
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a selection of " + count + " messages is cut short");
        }
        List<Long> ids = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            ids.add(Bytes.var(in));
        }
        var selector = Values.selector(in);
        String state = Values.optionalText(in);
        return new Selection(ids, selector, state == null ? null : Operation.State.valueOf(state));
    }
}
