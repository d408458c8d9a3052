package org.waybill.jms.session;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.Peer;

class FailuresTest {
    private static ClientException refused(String condition) {
        return Peer.refused(new ErrorCondition(Symbol.valueOf(condition), "the server's words"));
    }

    @ParameterizedTest
    @CsvSource({
        "amqp:unauthorized-access, JMSSecurityException",
        "amqp:not-found, InvalidDestinationException",
        "amqp:resource-deleted, InvalidDestinationException",
        "amqp:decode-error, MessageFormatException",
        "amqp:resource-limit-exceeded, ResourceAllocationException",
        "amqp:resource-locked, ResourceAllocationException",
        "amqp:link:message-size-exceeded, ResourceAllocationException",
        "amqp:transaction:rollback, TransactionRolledBackException",
        "amqp:transaction:unknown-id, TransactionRolledBackException",
        "amqp:internal-error, JMSException",
    })
    void aConditionHasItsException(String condition, String exception) {
        ClientException cause = refused(condition);
        JMSException failure = Failures.of("cannot do it", cause);
        assertThat(failure.getClass().getSimpleName()).isEqualTo(exception);
        assertThat(failure).hasMessageContaining("cannot do it").hasMessageContaining("the server's words");
        assertThat(failure.getErrorCode()).isEqualTo(condition);
        assertThat(failure).hasCause(cause);
        assertThat(failure.getLinkedException()).isEqualTo(cause);
    }

    @Test
    void anInvalidFieldIsTheClientIdOrTheSelectorThatWasGiven() {
        ClientException cause = refused("amqp:invalid-field");
        assertThat(Failures.ofOpen("cannot connect", "me", cause)).isInstanceOf(InvalidClientIDException.class);
        assertThat(Failures.ofOpen("cannot connect", null, cause)).isExactlyInstanceOf(JMSException.class);
        assertThat(Failures.ofSelector("cannot consume", cause)).isInstanceOf(InvalidSelectorException.class);
        assertThat(Failures.ofSelector("cannot consume", refused("amqp:not-found")))
                .isInstanceOf(InvalidDestinationException.class);
    }
}
