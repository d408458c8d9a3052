package org.waybill.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/**
 * Hands the entries of a queue to the consumers that take them. Each visible entry is looked at once, whatever the number of
 * consumers: who wants it is found in an index of selectors, and whoever of those has credit and whose turn it is gets it.
 *
 * <p>When none has credit, the entry is put aside in the {@link Backlog} of all that want it, and the front goes on: no selector
 * and no slow consumer stops anybody else. A backlog is worked off when its taker has credit again, before anything that
 * comes after it. When every taker is without credit the front stands still.
 *
 * <p>An entry of a message group goes to the group's consumer alone, see {@link Groups}; one that this consumer does not select goes to
 * anyone who does.
 */
final class Front implements Taker {
    private final Queue queue;
    private final ReadAhead readAhead;
    private final Dispatcher dispatcher;
    private final Backlog unseen = new Backlog(this);
    private final Groups groups = new Groups();
    private final Selections selections = new Selections();
    private final List<QueueConsumer> groupOwners = new ArrayList<>(0);
    /** Backlogs whose takers are ready, those of the highest priority first. */
    private List<Backlog> catchingUp = new ArrayList<>(1);

    /** Empty: the list that catching up fills anew. */
    private List<Backlog> spare = new ArrayList<>(1);

    private final Bounds bounds;
    private final MessageProperties properties = new MessageProperties();
    private List<Selection> matched = List.of();
    private int ready;
    private boolean yielded;
    private long served;
    private int looksLeft;
    private long visibleId;
    private long nowMs;

    /** A front before the first entry. */
    Front(Queue queue, ReadAhead readAhead, Dispatcher dispatcher, Bounds bounds) {
        this.queue = queue;
        this.readAhead = readAhead;
        this.dispatcher = dispatcher;
        this.bounds = bounds;
    }

    @Override
    public boolean isReady() {
        return ready > 0;
    }

    @Override
    public int priority() {
        return 0;
    }

    // ---- who takes part

    void attach(QueueConsumer consumer) {
        join(consumer, selections.of(consumer.selector));
        groups.spread();
        groupOwners.forEach(this::offerDrained);
    }

    private static void join(QueueConsumer consumer, Selection selection) {
        consumer.selection = selection;
        selection.members.add(consumer);
    }

    /** Takes a consumer off that holds nothing any more, but perhaps through a transaction. */
    void detach(QueueConsumer consumer) {
        stop(consumer);
        leave(consumer);
        for (Group group : groups.of(consumer)) {
            offerAgain(group);
        }
        forgetOwner(consumer);
    }

    private void leave(QueueConsumer consumer) {
        Selection selection = Invariant.present(consumer.selection);
        selection.members.remove(consumer);
        if (selection.members.isEmpty()) {
            selections.remove(selection);
            if (selection.backlog.listed) {
                catchingUp.remove(selection.backlog);
            }
        }
    }

    /** The consumer does not get this message again: from now on it chooses for itself. */
    void refuse(QueueConsumer consumer, long messageId) {
        Selection selection = Invariant.present(consumer.selection);
        if (!selection.isRefusing()) {
            boolean enlisted = consumer.enlisted;
            stop(consumer);
            leave(consumer);
            selection = selections.add(Selection.refusing(consumer.selector));
            join(consumer, selection);
            if (enlisted) {
                start(consumer);
            }
        }
        selection.refuse(messageId);
    }

    /** A message left the queue. */
    void forget(long messageId) {
        selections.forget(messageId);
    }

    // ---- who is ready

    /** A consumer can be handed messages. */
    void start(QueueConsumer consumer) {
        if (!consumer.enlisted) {
            Selection selection = Invariant.present(consumer.selection);
            consumer.enlisted = true;
            ready++;
            selection.ready.add(consumer);
            list(selection.backlog);
            Backlog own = consumer.own;
            if (own != null) {
                list(own);
            }
        }
    }

    /** A consumer can not be handed messages. */
    void stop(QueueConsumer consumer) {
        if (consumer.enlisted) {
            consumer.enlisted = false;
            ready--;
            Invariant.present(consumer.selection).ready.remove(consumer);
        }
    }

    private void list(Backlog backlog) {
        if (backlog.listed || backlog.isClear()) {
            return;
        }
        backlog.listed = true;
        int at = catchingUp.size();
        while (at > 0 && catchingUp.get(at - 1).taker.priority() < backlog.taker.priority()) {
            at--;
        }
        catchingUp.add(at, backlog);
    }

    // ---- what happens to entries

    /** An entry is available again. */
    void back(Block block, int at) {
        if (block.id(at) > visibleId || isPlain()) {
            unseen.cursor.back(block, at);
        } else {
            unseen.add(block, at, null, mostAside(), unseen.cursor);
        }
    }

    /** A block left its line, or was emptied for reuse. */
    void blockLeft(Block left, Block to) {
        unseen.leave(left, to);
        for (int i = 0; i < selections.size(); i++) {
            selections.get(i).backlog.leave(left, to);
        }
        for (int i = 0; i < groupOwners.size(); i++) {
            Invariant.present(groupOwners.get(i).own).leave(left, to);
        }
    }

    /** A delivery has its outcome, and the entry is where that put it; returns whether others may get more by that. */
    boolean concluded(long messageId) {
        Group drained = groups.concluded(messageId);
        if (drained == null) {
            return false;
        }
        QueueConsumer owner = Invariant.present(drained.owner);
        offerAgain(drained);
        forgetOwner(owner);
        return true;
    }

    /** Groups of a consumer that nothing keeps there may go to one that came. */
    private void offerDrained(QueueConsumer owner) {
        for (Group group : groups.of(owner)) {
            if (group.unsettled == 0) {
                offerAgain(group);
            }
        }
    }

    /** What waits for a group's owner is looked at anew; a group that is drained leaves one that has closed. */
    private void offerAgain(Group group) {
        QueueConsumer owner = Invariant.present(group.owner);
        Backlog own = owner.own;
        if (own != null && group.unsettled == 0) {
            own.remove(group, (block, at) -> unseen.add(block, at, null, mostAside(), unseen.cursor));
            if (owner.closed && own.walks) {
                unseen.cursor.backTo(own.cursor);
                own.walks = false;
            }
        }
        groups.leave(group);
    }

    private void forgetOwner(QueueConsumer owner) {
        Backlog own = owner.own;
        if (owner.closed && owner.groups == 0 && own != null) {
            if (own.listed) {
                catchingUp.remove(own);
            }
            groupOwners.remove(owner);
            owner.own = null;
        }
    }

    // ---- handing out

    /** Hands out what can be; returns whether it broke off, for others to have their turn. */
    boolean dispatch(long visible, long now) {
        visibleId = visible;
        nowMs = now;
        looksLeft = bounds.mostLooks();
        catchUp();
        while (ready > 0 && looksLeft > 0 && unseen.seek(queue, visible, null)) {
            Block block = Invariant.present(unseen.block);
            int at = unseen.index;
            if (expires(block, at)) {
                continue;
            }
            Message message = block.message(at);
            if (message == null) {
                readAhead.from(block, at, visible);
                break;
            }
            unseen.pass();
            look(block, at, message);
            if (yielded) {
                catchUp();
            }
        }
        properties.clear();
        return looksLeft == 0;
    }

    private boolean expires(Block block, int at) {
        boolean expires = queue.schedule().expireIfDue(block, at, nowMs);
        looksLeft -= expires ? 1 : 0;
        return expires;
    }

    /** Nobody gets the entry now. */
    private void leaveIt(Block block, int at, Message message) {
        looksLeft--;
        queue.bodies().shed(block, at, message);
    }

    /** Works off backlogs whose takers are ready, up to where the front has something that goes first. */
    private void catchUp() {
        yielded = false;
        List<Backlog> round = catchingUp;
        catchingUp = spare;
        for (int i = 0; i < round.size(); i++) {
            Backlog backlog = round.get(i);
            boolean more = serve(backlog);
            backlog.listed = false;
            if (more) {
                list(backlog);
            }
        }
        round.clear();
        spare = round;
    }

    /** Returns whether there is more that its taker could be handed later. */
    private boolean serve(Backlog backlog) {
        while (looksLeft > 0 && backlog.taker.isReady() && backlog.seek(queue, visibleId, unseen.cursor)) {
            if (unseen.seek(queue, visibleId, null) && unseen.isBefore(backlog)) {
                yielded = true;
                return true;
            }
            if (backlog.taker instanceof QueueConsumer owner && isBehindOthers(owner, backlog)) {
                Backlog others = Invariant.present(owner.selection).backlog;
                if (serve(others)) {
                    list(others);
                }
                if (isBehindOthers(owner, backlog)) {
                    return true;
                }
                continue;
            }
            Block block = Invariant.present(backlog.block);
            int at = backlog.index;
            if (expires(block, at)) {
                continue;
            }
            Message message = block.message(at);
            if (message == null) {
                readAhead.from(backlog, visibleId);
                return true;
            }
            boolean named = backlog.named;
            backlog.pass();
            properties.show(message, block.deliveryCount(at), block.annotations(at), nowMs);
            if (backlog.taker instanceof Selection selection) {
                offer(selection, named, block, at, message);
            } else if (backlog.taker instanceof QueueConsumer owner) {
                offer(owner, named, block, at, message);
            }
        }
        return looksLeft == 0;
    }

    /** Whether its selection has yet to be offered entries that come first: some may be of the owner's groups. */
    private boolean isBehindOthers(QueueConsumer owner, Backlog own) {
        return holdsUp(Invariant.present(owner.selection).backlog, Invariant.present(own.block), own.index);
    }

    private boolean holdsUp(Backlog backlog, Block block, int at) {
        return backlog.seek(queue, visibleId, unseen.cursor) && backlog.isBefore(block, at);
    }

    private void offer(Selection selection, boolean named, Block block, int at, Message message) {
        if (!named && !selection.wants(block.id(at), properties)) {
            leaveIt(block, at, message);
            return;
        }
        Group group = groups.of(message);
        QueueConsumer owner = group == null ? null : groups.owner(group, least(selection, null));
        if (group != null && owner != null && isWanted(owner, block.id(at))) {
            handToOwner(owner, group, block, at, message);
            return;
        }
        QueueConsumer next = group != null && owner == null ? least(selection, null) : selection.ready.first();
        hand(Invariant.present(next), owner == null ? group : null, block, at, message);
    }

    private void offer(QueueConsumer owner, boolean named, Block block, int at, Message message) {
        Group group = groups.of(message);
        if (named || group != null && group.owner == owner && isWanted(owner, block.id(at))) {
            hand(owner, group, block, at, message);
        } else {
            leaveIt(block, at, message);
        }
    }

    private boolean isWanted(QueueConsumer owner, long id) {
        return owner.closed || Invariant.present(owner.selection).wants(id, properties);
    }

    private void look(Block block, int at, Message message) {
        Group group = groups.of(message);
        if (group == null && isPlain()) {
            QueueConsumer next = selections.get(0).ready.first();
            hand(Invariant.present(next), null, block, at, message);
            return;
        }
        properties.show(message, block.deliveryCount(at), block.annotations(at), nowMs);
        matched = selections.match(block.id(at), properties);
        QueueConsumer least = group == null ? null : leastOfMatched(block, at);
        QueueConsumer owner = group == null ? null : groups.owner(group, least);
        if (group != null && owner != null && isWanted(owner, block.id(at))) {
            handToOwner(owner, group, block, at, message);
            return;
        }
        QueueConsumer next = group != null && owner == null ? least : nextOfMatched(block, at);
        if (next != null) {
            hand(next, owner == null ? group : null, block, at, message);
        } else {
            putAside(block, at, message);
        }
    }

    /** Whether all consumers take whatever comes, and have had everything before the front. */
    private boolean isPlain() {
        return selections.arePlain() && selections.get(0).backlog.isClear() && groups.isEmpty();
    }

    /** Whose turn it is among those that want an entry. */
    private @Nullable QueueConsumer nextOfMatched(Block block, int at) {
        QueueConsumer best = null;
        for (int i = 0; i < matched.size(); i++) {
            Selection selection = matched.get(i);
            QueueConsumer next = selection.ready.first();
            if (next != null && selection.backlog.letsPass(block, at) && (best == null || next.isServedBefore(best))) {
                best = next;
            }
        }
        return best;
    }

    /** Who has the fewest groups among those that want an entry. */
    private @Nullable QueueConsumer leastOfMatched(Block block, int at) {
        QueueConsumer best = null;
        for (int i = 0; i < matched.size(); i++) {
            Selection selection = matched.get(i);
            if (selection.backlog.letsPass(block, at)) {
                best = least(selection, best);
            }
        }
        return best;
    }

    private static @Nullable QueueConsumer least(Selection selection, @Nullable QueueConsumer least) {
        QueueConsumer best = least;
        for (int i = 0; i < selection.members.size(); i++) {
            QueueConsumer member = selection.members.get(i);
            if (member.enlisted && (best == null || member.hasFewerGroups(best))) {
                best = member;
            }
        }
        return best;
    }

    private void handToOwner(QueueConsumer owner, Group group, Block block, int at, Message message) {
        Backlog own = owner.own;
        if (owner.enlisted
                && (own == null || !holdsUp(own, block, at))
                && !holdsUp(Invariant.present(owner.selection).backlog, block, at)) {
            hand(owner, group, block, at, message);
            return;
        }
        if (own == null) {
            own = new Backlog(owner);
            own.walks = false;
            owner.own = own;
            groupOwners.add(owner);
        }
        own.add(block, at, group, mostAside(), unseen.cursor);
        if (owner.enlisted) {
            list(own);
        }
        leaveIt(block, at, message);
    }

    private void putAside(Block block, int at, Message message) {
        for (int i = 0; i < matched.size(); i++) {
            Selection selection = matched.get(i);
            selection.backlog.add(block, at, null, mostAside(), unseen.cursor);
            if (selection.isReady()) {
                list(selection.backlog);
            }
        }
        leaveIt(block, at, message);
    }

    private int mostAside() {
        return Math.max(1, bounds.mostAside() / (1 + selections.size() + groupOwners.size()));
    }

    private void hand(QueueConsumer consumer, @Nullable Group group, Block block, int at, Message message) {
        if (group != null) {
            groups.handed(group, consumer, block, at, message);
        }
        consumer.servedLast = ++served;
        Invariant.present(consumer.selection).ready.served(consumer);
        dispatcher.hand(consumer, block, at, message);
        if (!consumer.ready()) {
            stop(consumer);
        }
    }
}
