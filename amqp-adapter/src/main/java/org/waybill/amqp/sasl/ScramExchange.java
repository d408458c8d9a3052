package org.waybill.amqp.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.security.Verifier;

/**
 * SCRAM-SHA-256 without channel binding, the server's half (RFC 5802 section 5).
 *
 * <pre>
 *  client first   n,,n=user,r=nonce
 *  server first   r=nonce+ours,s=salt,i=iterations     an unknown user gets a salt too, always the same
 *  client final   c=biws,r=nonce+ours,p=proof
 *  server final   v=signature                          sent with the outcome
 * </pre>
 *
 * Only hashes of short texts are computed here, so it runs on the event loop.
 */
final class ScramExchange implements SaslExchange {
    static final String NAME = "SCRAM-SHA-256";

    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    private static final int NONCE_CHARS = 24;
    private static final int MAX_NONCE_CHARS = 256;

    private final Function<String, Verifier> verifiers;
    private final SecureRandom random;
    private @Nullable Started started;

    /** What is kept between the client's two messages. */
    private record Started(
            String user, String gs2Header, String bare, String serverFirst, String nonce, Verifier verifier) {}

    /** @param verifiers answers for every name; for an unknown one with a verifier that no password fits */
    ScramExchange(Function<String, Verifier> verifiers, SecureRandom random) {
        this.verifiers = verifiers;
        this.random = random;
    }

    @Override
    public void respond(byte[] response, Consumer<SaslAnswer> answer) {
        String text = new String(response, UTF_8);
        Started first = started;
        if (first != null) {
            answer.accept(last(first, text));
        } else if (text.isEmpty()) {
            answer.accept(new SaslAnswer.Challenge(new byte[0]));
        } else {
            answer.accept(first(text));
        }
    }

    private SaslAnswer first(String text) {
        int flagEnd = text.indexOf(',');
        int headerEnd = flagEnd < 0 ? -1 : text.indexOf(',', flagEnd + 1);
        if (headerEnd < 0) {
            return refused();
        }
        String flag = text.substring(0, flagEnd);
        String authorization = text.substring(flagEnd + 1, headerEnd);
        String bare = text.substring(headerEnd + 1);
        String[] fields = bare.split(",", -1);
        if (!flag.equals("n") && !flag.equals("y") || fields.length < 2) {
            return refused();
        }
        String name = field(fields[0], 'n');
        String clientNonce = field(fields[1], 'r');
        String user = name == null ? null : unescape(name);
        if (user == null || clientNonce == null || clientNonce.isEmpty() || clientNonce.length() > MAX_NONCE_CHARS) {
            return refused();
        }
        if (!authorization.isEmpty() && !authorization.equals("a=" + name)) {
            return refused();
        }
        Verifier verifier = verifiers.apply(user);
        String nonce = clientNonce + ScramFunctions.nonce(NONCE_CHARS, random);
        String serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(verifier.salt()) + ",i="
                + verifier.iterations();
        started = new Started(user, text.substring(0, headerEnd + 1), bare, serverFirst, nonce, verifier);
        return new SaslAnswer.Challenge(serverFirst.getBytes(UTF_8));
    }

    private static SaslAnswer last(Started first, String text) {
        int proofAt = text.lastIndexOf(",p=");
        if (proofAt < 0) {
            return refused();
        }
        String withoutProof = text.substring(0, proofAt);
        String[] fields = withoutProof.split(",", -1);
        byte[] proof = decode(text.substring(proofAt + 3));
        byte[] header = fields.length < 2 ? null : decode(field(fields[0], 'c'));
        if (proof == null
                || header == null
                || !new String(header, UTF_8).equals(first.gs2Header)
                || !first.nonce.equals(field(fields[1], 'r'))) {
            return refused();
        }
        String authMessage = first.bare + "," + first.serverFirst + "," + withoutProof;
        Verifier verifier = first.verifier;

        if (proof.length != verifier.storedKey().length
                || !ScramFunctions.verifyClientProof(MECHANISM, proof, verifier.storedKey(), authMessage)) {
            return refused();
        }
        byte[] ours = ScramFunctions.serverSignature(MECHANISM, verifier.serverKey(), authMessage);
        String last = "v=" + Base64.getEncoder().encodeToString(ours);
        return new SaslAnswer.Success(first.user, last.getBytes(UTF_8));
    }

    private static SaslAnswer refused() {
        return new SaslAnswer.Failure(false);
    }

    private static @Nullable String field(String text, char name) {
        return text.length() >= 2 && text.charAt(0) == name && text.charAt(1) == '=' ? text.substring(2) : null;
    }

    private static byte @Nullable [] decode(@Nullable String base64) {
        if (base64 == null) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A saslname (RFC 5802 section 5.1): {@code =2C} is a comma, {@code =3D} an equals sign, other uses of {@code =} are errors. */
    private static @Nullable String unescape(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '=') {
                out.append(c);
            } else if (name.startsWith("=2C", i)) {
                out.append(',');
                i += 2;
            } else if (name.startsWith("=3D", i)) {
                out.append('=');
                i += 2;
            } else {
                return null;
            }
        }
        return out.isEmpty() ? null : out.toString();
    }
}
