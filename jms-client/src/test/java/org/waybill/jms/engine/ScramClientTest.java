package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScramClientTest {
    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final int ITERATIONS = 4096;

    private final ScramClient client = new ScramClient("al,i=ce", "secret", new SecureRandom());

    @Test
    void provesThePasswordAndBelievesTheServerThatKnowsIt() {
        String first = text(client.first());
        assertThat(first).startsWith("n,,n=al=2Ci=3Dce,r=");
        String serverFirst = serverFirst(first);

        String last = text(client.respond(bytes(serverFirst)));

        int proofAt = last.indexOf(",p=");
        String authMessage = first.substring(3) + "," + serverFirst + "," + last.substring(0, proofAt);
        byte[] salted = ScramFunctions.saltedPassword(
                MECHANISM, StringPreparation.SASL_PREPARATION, "secret".toCharArray(), SALT, ITERATIONS);
        byte[] storedKey = ScramFunctions.storedKey(MECHANISM, ScramFunctions.clientKey(MECHANISM, salted));
        byte[] proof = Base64.getDecoder().decode(last.substring(proofAt + 3));
        assertThat(ScramFunctions.verifyClientProof(MECHANISM, proof, storedKey, authMessage))
                .isTrue();

        byte[] signature =
                ScramFunctions.serverSignature(MECHANISM, ScramFunctions.serverKey(MECHANISM, salted), authMessage);
        client.verify(bytes("v=" + Base64.getEncoder().encodeToString(signature)));
        assertThatThrownBy(() -> client.verify(bytes("v=AAAA"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.verify(null)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=x,s=AAAA,i=4096",
                "r=%s,s=AAAA",
                "r=%s,s=?,i=4096",
                "r=%s,s=AAAA,i=x",
                "r=%s,s=AAAA,i=0",
                "r=%s,s=AAAA,i=2000000000"
            })
    void refusesChallengesThatMakeNoSense(String challenge) {
        String first = text(client.first());
        String nonce = first.substring(first.indexOf(",r=") + 3);

        assertThatThrownBy(() -> client.respond(bytes(challenge.replace("%s", nonce + "more"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String serverFirst(String first) {
        return first.substring(first.indexOf("r=")) + "more,s="
                + Base64.getEncoder().encodeToString(SALT) + ",i=" + ITERATIONS;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
