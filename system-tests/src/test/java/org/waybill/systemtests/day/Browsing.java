package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import java.util.Enumeration;
import java.util.Map;

/** Looks through a queue again and again. */
record Browsing(String queue) implements Work {
    private static final int PAUSE_MS = 1_000;
    private static final int MOST = 300;

    @Override
    public void run(Shift shift) throws JMSException {
        while (shift.goesOn()) {
            try (QueueBrowser browser =
                    shift.session().createBrowser(shift.session().createQueue(queue))) {
                shift.note(Event.Kind.BROWSE, Map.of("from", "queue:" + queue));
                Enumeration<?> messages = browser.getEnumeration();
                for (int i = 0; i < MOST && messages.hasMoreElements(); i++) {
                    String text = ((Message) messages.nextElement()).getBody(String.class);
                    shift.note(Event.Kind.BROWSED, Map.of("id", Body.id(text)));
                }
            }
            shift.pause(PAUSE_MS);
        }
    }
}
