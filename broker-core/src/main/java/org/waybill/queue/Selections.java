package org.waybill.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.PropertySource;
import org.waybill.selector.Selector;
import org.waybill.selector.SelectorIndex;

/** What the consumers of a queue select, consumers with the same selector together. */
final class Selections {
    private final List<Selection> all = new ArrayList<>(1);
    private final List<Selection> matched = new ArrayList<>(1);
    private final Consumer<Selection> match = matched::add;

    /** Null as long as there is nothing to find in it: none, or one that wants whatever comes. */
    private @Nullable SelectorIndex<Selection> index;

    private int refusing;

    int size() {
        return all.size();
    }

    Selection get(int place) {
        return all.get(place);
    }

    /** Whether there is exactly one, which wants whatever comes. */
    boolean arePlain() {
        return index == null && all.size() == 1;
    }

    /** The one of all consumers with this selector, which is added if need be. */
    Selection of(@Nullable Selector selector) {
        for (int i = 0; i < all.size(); i++) {
            Selection known = all.get(i);
            if (!known.isRefusing() && known.selectsBy(selector)) {
                return known;
            }
        }
        return add(Selection.of(selector));
    }

    Selection add(Selection added) {
        all.add(added);
        refusing += added.isRefusing() ? 1 : 0;
        if (index == null && !(all.size() == 1 && added.isPlain())) {
            index = new SelectorIndex<>();
            for (Selection known : all) {
                index.add(known, known.selector);
            }
        } else if (index != null) {
            index.add(added, added.selector);
        }
        return added;
    }

    void remove(Selection removed) {
        all.remove(removed);
        refusing -= removed.isRefusing() ? 1 : 0;
        if (index != null) {
            index.remove(removed);
        }
        if (all.isEmpty() || all.size() == 1 && all.get(0).isPlain()) {
            index = null;
        }
    }

    /** A message left the queue. */
    void forget(long messageId) {
        for (int i = 0; refusing > 0 && i < all.size(); i++) {
            all.get(i).forget(messageId);
        }
    }

    /** Those that want a message; valid until the next call. */
    List<Selection> match(long messageId, PropertySource properties) {
        matched.clear();
        if (index == null) {
            matched.addAll(all);
        } else {
            index.match(properties, match);
        }
        for (int i = matched.size() - 1; refusing > 0 && i >= 0; i--) {
            if (matched.get(i).refuses(messageId)) {
                matched.remove(i);
            }
        }
        return matched;
    }
}
