package org.waybill.systemtests.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.waybill.systemtests.Conversation;

/** A client library in another language, in a process that answers each line of JSON with a line of JSON. */
final class ProcessPeer implements Peer {
    private final ObjectMapper json = new ObjectMapper();
    private final String name;
    private final int port;
    private final Conversation conversation;
    private final Set<String> unsendable;

    /** {@code unsendable} are the types that the library cannot send as the value of a body. */
    ProcessPeer(String name, Conversation conversation, int port, Set<String> unsendable) {
        this.name = name;
        this.unsendable = unsendable;
        this.conversation = conversation;
        this.port = port;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean canSend(Case message) {
        return !unsendable.contains(message.bodyType());
    }

    @Override
    public boolean canReceive(Case message) {
        return true;
    }

    @Override
    public boolean shows(String part) {
        return true;
    }

    @Override
    public List<String> send(String address, List<Case> messages) {
        ObjectNode request = request("send", address);
        messages.forEach(message -> request.withArray("messages").add(message.node()));
        List<String> digests = new ArrayList<>();
        ask(request).get("bare").forEach(digest -> digests.add(digest.asText()));
        return digests;
    }

    @Override
    public List<JsonNode> receive(String address, int count) {
        List<JsonNode> messages = new ArrayList<>();
        ask(request("receive", address).put("count", count)).get("messages").forEach(messages::add);
        return messages;
    }

    private ObjectNode request(String operation, String address) {
        return json.createObjectNode().put("op", operation).put("port", port).put("address", address);
    }

    private JsonNode ask(ObjectNode request) {
        try {
            JsonNode answer = json.readTree(conversation.ask(json.writeValueAsString(request)));
            if (!answer.get("ok").asBoolean()) {
                throw new AssertionError(
                        name + " could not " + request.get("op").asText() + ": "
                                + answer.get("error").asText());
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new AssertionError(name + " answered with something else than JSON", e);
        }
    }

    @Override
    public void close() {
        conversation.close();
    }
}
