package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;

/**
 * What a source and a target have in common (AMQP 1.0 part 3, sections 3.5.3 and 3.5.4), read from a client's attach.
 *
 * @param address the node's name as the client spells it, perhaps with a prefix; null for a dynamic node and for an anonymous target
 * @param dynamic whether the client wants a temporary node
 * @param kind the kind of node it names, by a prefix of the address or else by a capability
 * @param capabilities those that are in force, for the answering attach
 */
record Terminus(@Nullable String address, boolean dynamic, NodeKind kind, List<Symbol> capabilities) {
    /** The node that carries administrative requests (OASIS AMQP Management). */
    static final String MANAGEMENT = "$management";

    /** The node that carries the verbs of distributed transactions (docs/xa-over-amqp.md). */
    static final String XA = "$xa";

    private static final List<Symbol> OF_QUEUES = List.of(Symbols.QUEUE, Symbols.TEMPORARY_QUEUE);
    private static final List<Symbol> OF_TOPICS = List.of(Symbols.TOPIC, Symbols.TEMPORARY_TOPIC);

    static Terminus of(Source source) {
        return of(source.getAddress(), source.getDynamic(), source.getCapabilities());
    }

    static Terminus of(Target target) {
        return of(target.getAddress(), target.getDynamic(), target.getCapabilities());
    }

    private static Terminus of(@Nullable String address, boolean dynamic, Symbol @Nullable [] capabilities) {
        List<Symbol> asked = capabilities == null ? List.of() : Arrays.asList(capabilities);
        boolean queue = !Collections.disjoint(asked, OF_QUEUES);
        boolean topic = !Collections.disjoint(asked, OF_TOPICS);
        NodeKind named = queue == topic ? NodeKind.ANY : topic ? NodeKind.TOPIC : NodeKind.QUEUE;
        if (dynamic || address == null) {
            return new Terminus(null, dynamic, named, inForce(asked, named));
        }
        NodeKind kind = Destination.of(address, named).kind();
        return new Terminus(address, false, kind, inForce(asked, kind));
    }

    private static List<Symbol> inForce(List<Symbol> asked, NodeKind kind) {
        if (kind == NodeKind.ANY) {
            return List.of();
        }
        List<Symbol> inForce = new ArrayList<>(asked);
        inForce.retainAll(kind == NodeKind.TOPIC ? OF_TOPICS : OF_QUEUES);
        return inForce.isEmpty() ? List.of(kind == NodeKind.TOPIC ? Symbols.TOPIC : Symbols.QUEUE) : inForce;
    }

    /** Whether capabilities of a link or a terminus name this one. */
    static boolean has(Symbol @Nullable [] capabilities, Symbol wanted) {
        return capabilities != null && Arrays.asList(capabilities).contains(wanted);
    }

    /** What a link offers: the capability it has, if the client desires it. */
    static Symbol @Nullable [] offered(Symbol @Nullable [] desired, Symbol capability) {
        return has(desired, capability) ? new Symbol[] {capability} : null;
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
        if (!capabilities.isEmpty()) {
            answer.setCapabilities(capabilities.toArray(new Symbol[0]));
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
        if (!capabilities.isEmpty()) {
            answer.setCapabilities(capabilities.toArray(new Symbol[0]));
        }
        return answer;
    }

    /** Whatever policy the client asked for, a temporary node goes with its link: this says so. */
    private static Map<Symbol, Object> lifetime() {
        return Map.of(Symbols.LIFETIME_POLICY, DeleteOnClose.getInstance());
    }
}
