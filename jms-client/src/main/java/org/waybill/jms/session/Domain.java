package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;

/** Which of JMS's messaging domains a connection or session was made for: what belongs to the other one is refused. */
public enum Domain {
    /** Both, since JMS 1.1. */
    ANY,
    /** A {@code QueueConnection} or {@code QueueSession}. */
    QUEUE,
    /** A {@code TopicConnection} or {@code TopicSession}. */
    TOPIC;

    void checkQueues(String method) throws IllegalStateException {
        if (this == TOPIC) {
            throw refused(method, "TopicSession");
        }
    }

    void checkTopics(String method) throws IllegalStateException {
        if (this == QUEUE) {
            throw refused(method, "QueueSession");
        }
    }

    private static IllegalStateException refused(String method, String kind) {
        return new IllegalStateException(
                method + " is not for a " + kind + ": use a Session made by Connection.createSession");
    }
}
