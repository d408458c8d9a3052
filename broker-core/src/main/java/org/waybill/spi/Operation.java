package org.waybill.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Selector;

/**
 * An administrative operation. It is answered with a list of maps, one for each node or message it was about, with their
 * attributes; values are String, Boolean, Integer, Long, and for parts of messages also UUID, (read-only) ByteBuffer and byte[].
 *
 * <p>A refused operation has changed nothing; {@code NOT_FOUND} says that what it names does not exist, {@code INVALID_FIELD} that
 * a value cannot be used.
 */
public sealed interface Operation {
    /** The most rows one answer has. */
    int MAX_ROWS = 1_000;

    /** How far into a list a query can begin. */
    int MAX_OFFSET = 100_000;

    /** The most messages one operation moves or deletes. */
    int MAX_MESSAGES = 10_000;

    /** The kinds of nodes. */
    enum Type {
        /** What is set for an address, whether or not there is a node of that name. */
        ADDRESS,
        /** A queue. */
        QUEUE,
        /** A topic that is in use or was created. */
        TOPIC,
        /** A subscription of a topic. */
        SUBSCRIPTION,
        /** A consumer of a queue or a subscription. */
        CONSUMER,
        /** A branch of a global transaction, named by {@link Xid#toString}: {@link Query}, {@link Read}, {@link EndBranch}. */
        BRANCH
    }

    /**
     * Names a node.
     *
     * @param name its name; for a consumer what a query gives as its name
     * @param clientId the client a subscription belongs to; null for those that all clients share, and for everything else
     */
    record Target(Type type, String name, @Nullable String clientId) {
        /** Anything but a client's own subscription. */
        public Target(Type type, String name) {
            this(type, name, null);
        }

        @Override
        public String toString() {
            String kind =
                    switch (type) {
                        case ADDRESS -> "address ";
                        case QUEUE -> "queue ";
                        case TOPIC -> "topic ";
                        case SUBSCRIPTION -> "subscription ";
                        case CONSUMER -> "consumer ";
                        case BRANCH -> "branch ";
                    };
            return kind + (clientId == null ? name : name + " of client " + clientId);
        }
    }

    /** Where a message stands. */
    enum State {
        /** It goes to the next consumer that takes it. */
        AVAILABLE,
        /** A consumer, or the broker itself, has it. */
        ACQUIRED,
        /** Its time has not come: it was scheduled, or failed and is to be delivered again later. */
        SCHEDULED,
        /** It waits for the decision of its transaction. */
        UNDECIDED
    }

    /**
     * Chooses messages of a queue or subscription.
     *
     * @param ids their numbers; empty for all
     * @param selector what they must match, or null
     * @param state where they must stand, or null
     */
    record Selection(List<Long> ids, @Nullable Selector selector, @Nullable State state) {}

    /**
     * The nodes of a type, sorted by name.
     *
     * @param offset how many are left out, up to {@link #MAX_OFFSET}
     * @param count how many come at most, up to {@link #MAX_ROWS}
     */
    record Query(Type type, int offset, int count) implements Operation {}

    /** One node. */
    record Read(Target target) implements Operation {}

    /** Makes a durable queue, or a topic that stays; {@code PRECONDITION_FAILED} when it exists. */
    record Create(Target target) implements Operation {}

    /**
     * Deletes a queue, topic or durable subscription with its messages, and closes its consumers and producers; a subscription in
     * use is refused ({@code RESOURCE_LOCKED}). A consumer is closed.
     */
    record Delete(Target target) implements Operation {}

    /** Removes every message of a queue or subscription that no consumer holds; the answer has {@code purged}, their number. */
    record Purge(Target target) implements Operation {}

    /**
     * Moves a durable queue with its messages to another shard: it is answered once that is begun, and goes on by itself. Until it is done nobody
     * can use the queue; who uses it is disconnected. {@code RESOURCE_LOCKED} while prepared transactions have messages of it,
     * {@code PRECONDITION_FAILED} when it is there already, or would move from one shard that is not its home to another.
     *
     * @param queue of type {@link Type#QUEUE}
     * @param shard the number of the shard, from 0
     */
    record MoveQueue(Target queue, int shard) implements Operation {}

    /** Messages of a queue or subscription in their order, without their bodies. */
    record QueryMessages(Target in, Selection which, int offset, int count) implements Operation {}

    /** One message; the answer has {@code encoded}, its first {@code maxBytes} bytes. */
    record ReadMessage(Target in, long id, int maxBytes) implements Operation {}

    /**
     * Moves messages that no consumer holds to a queue, each at once here and there. The answer has {@code moved}, their number,
     * and if some could not be moved {@code failed} and {@code reason}.
     *
     * @param count how many at most, up to {@link #MAX_MESSAGES}
     */
    record MoveMessages(Target in, Selection which, int count, String to) implements Operation {}

    /** Removes messages that no consumer holds, scheduled ones too; the answer has {@code deleted}, their number. */
    record DeleteMessages(Target in, Selection which, int count) implements Operation {}

    /** What an administrator does with a branch instead of its transaction manager. */
    enum Decision {
        /** Commits it, which the transaction manager will hear of as HEURISTIC_COMMITTED. */
        COMMIT,
        /** Rolls it back, which the transaction manager will hear of as HEURISTIC_ROLLED_BACK. */
        ROLL_BACK,
        /** Forgets what was decided so, without waiting for the transaction manager. */
        FORGET
    }

    /**
     * Decides a branch in doubt (a <i>heuristic</i> decision), or forgets such a decision. {@code PRECONDITION_FAILED} when it is
     * neither prepared nor decided so. The answer has the branch as it is then.
     *
     * @param branch of type {@link Type#BRANCH}
     */
    record EndBranch(Target branch, Decision decision) implements Operation {}

    /** What an operation is about; null when it is about all nodes of a type. */
    static @Nullable Target targetOf(Operation operation) {
        if (operation instanceof Read read) {
            return read.target();
        } else if (operation instanceof Create create) {
            return create.target();
        } else if (operation instanceof Delete delete) {
            return delete.target();
        } else if (operation instanceof Purge purge) {
            return purge.target();
        } else if (operation instanceof MoveQueue move) {
            return move.queue();
        } else if (operation instanceof QueryMessages query) {
            return query.in();
        } else if (operation instanceof ReadMessage read) {
            return read.in();
        } else if (operation instanceof MoveMessages move) {
            return move.in();
        } else if (operation instanceof EndBranch end) {
            return end.branch();
        }
        return operation instanceof DeleteMessages delete ? delete.in() : null;
    }
}
