package org.waybill.jms.destination;

import jakarta.jms.Queue;

/** A queue. */
public final class WaybillQueue extends WaybillDestination implements Queue {
    private static final long serialVersionUID = 1;

    /** The queue of this name. */
    public WaybillQueue(String name) {
        super(name);
    }

    @Override
    public DestinationKind kind() {
        return DestinationKind.QUEUE;
    }

    @Override
    public String getQueueName() {
        return address();
    }
}
