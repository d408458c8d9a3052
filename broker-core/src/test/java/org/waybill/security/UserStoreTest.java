package org.waybill.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.StringPreparation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserStoreTest {
    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    private UserFile file;

    @BeforeEach
    void open() {
        file = new UserFile(directory);
    }

    @Test
    void isEmptyUntilAUserIsAdded() {
        UserStore store = new UserStore(directory);
        assertThat(store.isEmpty()).isTrue();

        assertThat(put("alice", "secret")).isTrue();

        assertThat(store.isEmpty()).isFalse();
        assertThat(store.verifyPassword("alice", "secret".toCharArray())).isTrue();
        assertThat(store.verifyPassword("alice", "Secret".toCharArray())).isFalse();
        assertThat(store.verifyPassword("bob", "secret".toCharArray())).isFalse();
    }

    @Test
    void aNewPasswordTakesThePlaceOfTheOld() {
        put("alice", "one");

        assertThat(put("alice", "two")).isFalse();

        UserStore store = new UserStore(directory);
        assertThat(store.verifyPassword("alice", "one".toCharArray())).isFalse();
        assertThat(store.verifyPassword("alice", "two".toCharArray())).isTrue();
        assertThat(file.names()).containsExactly("alice");
    }

    @Test
    void removesAUser() {
        put("alice", "one");
        put("bob", "two");
        UserStore store = new UserStore(directory);

        assertThat(file.remove("alice")).isTrue();
        assertThat(file.remove("alice")).isFalse();

        assertThat(file.names()).containsExactly("bob");
        assertThat(store.verifyPassword("alice", "one".toCharArray())).isFalse();
    }

    @Test
    void removingFromADirectoryThatDoesNotExistMakesNone() {
        Path missing = directory.resolve("missing");

        assertThat(new UserFile(missing).remove("alice")).isFalse();
        assertThat(missing).doesNotExist();
    }

    @Test
    void verifierProvesThePasswordAsScramDoes() {
        put("alice", "secret");
        Verifier verifier = new UserStore(directory).verifier("alice");

        byte[] salted = ScramFunctions.saltedPassword(
                Verifier.MECHANISM,
                StringPreparation.SASL_PREPARATION,
                "secret".toCharArray(),
                verifier.salt(),
                verifier.iterations());
        byte[] clientKey = ScramFunctions.clientKey(Verifier.MECHANISM, salted);
        byte[] signature = ScramFunctions.clientSignature(Verifier.MECHANISM, verifier.storedKey(), "n=alice,r=1");
        byte[] proof = ScramFunctions.clientProof(clientKey, signature);

        assertThat(ScramFunctions.verifyClientProof(Verifier.MECHANISM, proof, verifier.storedKey(), "n=alice,r=1"))
                .isTrue();
        assertThat(verifier.serverKey()).isEqualTo(ScramFunctions.serverKey(Verifier.MECHANISM, salted));
    }

    @Test
    void anUnknownNameGetsAVerifierThatLooksLikeOneAndStaysTheSame() {
        put("alice", "secret");
        UserStore store = new UserStore(directory);

        Verifier first = store.verifier("bob");

        assertThat(first.salt()).hasSameSizeAs(store.verifier("alice").salt());
        assertThat(first.salt()).isEqualTo(store.verifier("bob").salt());
        assertThat(first.salt()).isNotEqualTo(store.verifier("carol").salt());
        assertThat(first.iterations()).isEqualTo(store.verifier("alice").iterations());
    }

    @Test
    void onlyItsOwnerMayReadTheFileAndItHoldsNoPassword() throws IOException {
        put("alice", "secret");

        Path path = directory.resolve("users");
        assertThat(Files.readString(path))
                .startsWith("# Waybill users, format 1\nalice SCRAM-SHA-256$15000:")
                .doesNotContain("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesADamagedFileAtTheStartAndKeepsTheKnownUsersLater() throws IOException {
        put("alice", "secret");
        UserStore store = new UserStore(directory);
        Path path = directory.resolve("users");

        Files.writeString(path, "# Waybill users, format 1\nalice SCRAM-SHA-256$1:eA==$eA==:eA==\n");

        assertThatThrownBy(() -> new UserStore(directory))
                .isInstanceOf(UserFileError.class)
                .hasMessage(path + " line 2 is damaged, remove it and add that user again.");
        assertThat(store.verifyPassword("alice", "secret".toCharArray())).isTrue();

        Files.writeString(path, "something else\n");
        assertThatThrownBy(() -> new UserStore(directory)).hasMessageContaining("does not begin with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\nb", "a/b", "\u00e9"})
    void refusesNamesThatWouldNotFitALine(String name) {
        assertThatThrownBy(() -> put(name, "secret"))
                .isInstanceOf(UserFileError.class)
                .hasMessageStartingWith("A user's name is");
        assertThat(directory.resolve("users")).doesNotExist();
    }

    @Test
    void refusesAnEmptyPassword() {
        assertThatThrownBy(() -> put("alice", "")).hasMessageStartingWith("The password is empty");
    }

    private boolean put(String name, String password) {
        return file.put(name, password.toCharArray(), random);
    }
}
