package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.NodeKind;

/**
 * What a source and a target have in common (AMQP 1.0 part 3, sections 3.5.3 and 3.5.4), read from a client's attach.
 *
 * @param address the node's name; null for a dynamic node and for an anonymous target
 * @param dynamic whether the client wants a temporary node
 * @param kind the kind of node it names by its capabilities
 * @param capabilities those of its capabilities that are understood
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Terminus(@Nullable String address, boolean dynamic, NodeKind kind, Symbol[] capabilities) {
    /** The node that carries administrative requests (OASIS AMQP Management). */
    static final String MANAGEMENT = "$management";

    private static final List<Symbol> UNDERSTOOD =
            List.of(Symbols.QUEUE, Symbols.TOPIC, Symbols.TEMPORARY_QUEUE, Symbols.TEMPORARY_TOPIC);

    static Terminus of(Source source) {
        return of(source.getAddress(), source.getDynamic(), source.getCapabilities());
    }

    static Terminus of(Target target) {
        return of(target.getAddress(), target.getDynamic(), target.getCapabilities());
    }

    private static Terminus of(@Nullable String address, boolean dynamic, Symbol @Nullable [] capabilities) {
        List<Symbol> known = new ArrayList<>(capabilities == null ? List.of() : Arrays.asList(capabilities));
        known.retainAll(UNDERSTOOD);
        boolean topic = known.contains(Symbols.TOPIC) || known.contains(Symbols.TEMPORARY_TOPIC);
        boolean queue = known.contains(Symbols.QUEUE) || known.contains(Symbols.TEMPORARY_QUEUE);
        NodeKind kind = topic ? NodeKind.TOPIC : queue ? NodeKind.QUEUE : NodeKind.ANY;
        return new Terminus(address, dynamic, kind, known.toArray(new Symbol[0]));
    }

    boolean isManagement() {
        return MANAGEMENT.equals(address);
    }

    /** The source that is in force, for the answering attach; filters and outcomes are the caller's to set. */
    Source answer(Source asked, @Nullable String temporary) {
        Source answer = new Source();
        answer.setAddress(temporary == null ? address : temporary);
        answer.setDurable(asked.getDurable());
        answer.setExpiryPolicy(asked.getExpiryPolicy());
        answer.setTimeout(asked.getTimeout());
        answer.setOutcomes(asked.getOutcomes());
        if (temporary != null) {
            answer.setDynamic(true);
            answer.setDynamicNodeProperties(lifetime());
        }
        if (capabilities.length > 0) {
            answer.setCapabilities(capabilities);
        }
        return answer;
    }

    /** The target that is in force, for the answering attach. */
    Target answer(Target asked, @Nullable String temporary) {
        Target answer = new Target();
        answer.setAddress(temporary == null ? address : temporary);
        answer.setDurable(asked.getDurable());
        answer.setExpiryPolicy(asked.getExpiryPolicy());
        answer.setTimeout(asked.getTimeout());
        if (temporary != null) {
            answer.setDynamic(true);
            answer.setDynamicNodeProperties(lifetime());
        }
        if (capabilities.length > 0) {
            answer.setCapabilities(capabilities);
        }
        return answer;
    }

    /** Whatever policy the client asked for, a temporary node goes with its link: this says so. */
    private static Map<Symbol, Object> lifetime() {
        return Map.of(Symbols.LIFETIME_POLICY, DeleteOnClose.getInstance());
    }
}
