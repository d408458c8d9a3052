package org.waybill.amqp.adapter;

import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;
import org.waybill.message.Outcome;

/** Translates between the wire's terminal delivery states (AMQP 1.0 part 3, section 3.4) and the broker's outcomes. */
final class Outcomes {
    private Outcomes() {}

    /** The outcome that a state names; null when the state is not terminal. */
    static @Nullable Outcome of(Object state, Codec codec) {
        if (state instanceof Accepted) {
            return Outcome.ACCEPTED;
        } else if (state instanceof Released) {
            return Outcome.RELEASED;
        } else if (state instanceof Rejected rejected) {
            ErrorCondition error = rejected.getError();
            Symbol condition = error == null ? null : error.getCondition();
            return new Outcome.Rejected(
                    condition == null ? null : condition.toString(), error == null ? null : error.getDescription());
        } else if (state instanceof Modified modified) {
            Map<?, ?> annotations = modified.getMessageAnnotations();
            return new Outcome.Modified(
                    Boolean.TRUE.equals(modified.getDeliveryFailed()),
                    Boolean.TRUE.equals(modified.getUndeliverableHere()),
                    annotations == null || annotations.isEmpty() ? null : codec.encode(annotations));
        }
        return null;
    }

    /** The state that tells a client this outcome of a message it sent. */
    static DeliveryState state(Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            return Accepted.getInstance();
        } else if (outcome instanceof Outcome.Rejected rejected) {
            Rejected state = new Rejected();
            if (rejected.condition() != null) {
                state.setError(new ErrorCondition(Symbol.valueOf(rejected.condition()), rejected.description()));
            }
            return state;
        } else if (outcome instanceof Outcome.Modified modified) {
            Modified state = new Modified();
            state.setDeliveryFailed(modified.deliveryFailed());
            state.setUndeliverableHere(modified.undeliverableHere());
            return state;
        }
        return Released.getInstance();
    }
}
