package org.waybill.jms.destination;

import jakarta.jms.Topic;

/** A topic. */
public final class WaybillTopic extends WaybillDestination implements Topic {
    private static final long serialVersionUID = 1;

    /** The topic of this name. */
    public WaybillTopic(String name) {
        super(name);
    }

    @Override
    public DestinationKind kind() {
        return DestinationKind.TOPIC;
    }

    @Override
    public String getTopicName() {
        return address();
    }
}
