package org.waybill.systemtests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A client library that sends messages from descriptions and describes what it receives. Called on JUnit's thread; each call blocks until done. */
interface Peer extends AutoCloseable {
    /** How it is named in the table. */
    String name();

    /** Whether its interface lets a program send this. */
    boolean canSend(Case message);

    /** Whether its interface lets a program see what makes this case. */
    boolean canReceive(Case message);

    /** The parts of a description that its interface shows, such as {@code annotations}. */
    boolean shows(String part);

    /**
     * Sends these in order, each settled as accepted on return. The result holds the digest of each encoded bare message, or is empty where
     * the library does not show the bytes.
     */
    List<String> send(String address, List<Case> messages);

    /** Receives and accepts this many messages, in the order they came. */
    List<JsonNode> receive(String address, int count);

    @Override
    void close();
}
