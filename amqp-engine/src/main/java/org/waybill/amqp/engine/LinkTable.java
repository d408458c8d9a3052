package org.waybill.amqp.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/** A session's links by our handle, by the peer's, and by role and name. */
final class LinkTable {
    private final IntMap<Link> byHandle = new IntMap<>();
    private final IntMap<Link> byRemoteHandle = new IntMap<>();
    private Map<String, Link> senders = Collections.emptyMap();
    private Map<String, Link> receivers = Collections.emptyMap();

    /** The lowest handle of ours that names nothing. */
    int freeHandle() {
        return byHandle.firstFree();
    }

    void add(Link link) {
        byHandle.put(link.handle(), link);
        if (link.role() == Role.SENDER) {
            senders = senders.isEmpty() ? new HashMap<>(2) : senders;
            senders.put(link.name(), link);
        } else {
            receivers = receivers.isEmpty() ? new HashMap<>(2) : receivers;
            receivers.put(link.name(), link);
        }
    }

    /** Takes a link out; answers whether it was there. */
    boolean remove(Link link) {
        if (byHandle.get(link.handle()) != link) {
            return false;
        }
        byHandle.remove(link.handle());
        Map<String, Link> names = names(link.role());
        if (names.get(link.name()) == link) {
            names.remove(link.name());
        }
        return true;
    }

    @Nullable
    Link named(Role role, String name) {
        return names(role).get(name);
    }

    @Nullable
    Link remote(int handle) {
        return byRemoteHandle.get(handle);
    }

    void mapRemote(int handle, Link link) {
        byRemoteHandle.put(handle, link);
    }

    void unmapRemote(int handle) {
        byRemoteHandle.remove(handle);
    }

    /** Every link, also those that are over and wait for the peer's detach; links may go meanwhile. */
    void forEach(Consumer<Link> action) {
        byHandle.forEach(action);
    }

    List<Link> live() {
        List<Link> live = new ArrayList<>();
        byHandle.forEach(link -> {
            if (!link.isOver()) {
                live.add(link);
            }
        });
        return live;
    }

    private Map<String, Link> names(Role role) {
        return role == Role.SENDER ? senders : receivers;
    }
}
