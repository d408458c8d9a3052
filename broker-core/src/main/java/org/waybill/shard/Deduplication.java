package org.waybill.shard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.Message;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/** Knows messages that were sent before by the id that their sender gave them. On the shard's loop. */
final class Deduplication {
    /** Ids are kept as they are up to this length in characters, and beyond it by their SHA-256. */
    private static final int LONGEST_ID = 64;

    private final Shard shard;
    private final Duplicates duplicates;
    private final Bytes event = new Bytes();

    Deduplication(Shard shard, Duplicates duplicates) {
        this.shard = shard;
        this.duplicates = duplicates;
    }

    /** The id of a message sent to a {@link Node} or a {@link Topic}; null when it has none, or none is remembered there. */
    @Nullable
    String id(Object destination, Message message) {
        Object id = settings(destination).duplicateIds() == 0 ? null : message.duplicateId();
        if (id == null) {
            return null;
        }
        String text = id.toString();
        return text.length() <= LONGEST_ID ? text : digest(text);
    }

    private static String digest(String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }

    /** Whether a message of this id was stored there. */
    boolean isKnown(Object destination, String id) {
        return duplicates.knows(address(destination), id);
    }

    /** Why nothing can be said of this id now, or null. */
    @Nullable
    String refusal(Object destination, String id) {
        return duplicates.isPromised(address(destination), id)
                ? "a message with the duplicate id " + id + " was sent to "
                        + address(destination).name() + " in a transaction that is not decided"
                : null;
    }

    /**
     * A message of this id has been stored in this turn.
     *
     * @param undecided the transaction that may still be rolled back, or null
     */
    void remember(Object destination, String id, Message message, @Nullable TransactionId undecided) {
        Destination address = address(destination);
        boolean logged = message.durable() && !isTemporary(destination);
        duplicates.remembered(address, id, logged, undecided);
        if (logged) {
            Events.duplicate(event.clear(), address, id, undecided);
            shard.turn().record(Events.DUPLICATE, event);
        }
    }

    /** Whether what is sent there is never in the log. */
    static boolean isTemporary(Object destination) {
        return destination instanceof Topic topic ? topic.owner != null : ((Node) destination).owner != null;
    }

    private static AddressSettings settings(Object destination) {
        return destination instanceof Topic topic ? topic.settings : ((Node) destination).settings;
    }

    private static Destination address(Object destination) {
        return destination instanceof Topic topic
                ? Duplicates.address(NodeKind.TOPIC, topic.name)
                : Duplicates.address(NodeKind.QUEUE, ((Node) destination).queue.name());
    }
}
