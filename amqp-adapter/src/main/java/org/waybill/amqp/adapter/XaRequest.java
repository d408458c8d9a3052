package org.waybill.amqp.adapter;

import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.Branches;
import org.waybill.spi.Xid;

/**
 * One request to the {@code $xa} node: a verb and its arguments, by their places. What cannot be read is an {@link InvalidField}.
 *
 * @param asked the message
 * @param verb what is to be done
 * @param arguments the list in its body
 */
record XaRequest(NodeRequest asked, String verb, List<?> arguments) {
    private static final int TMJOIN = 0x200000;
    private static final int TMRESUME = 0x8000000;
    private static final int TMSUCCESS = 0x4000000;
    private static final int TMFAIL = 0x20000000;
    private static final int TMSUSPEND = 0x2000000;
    private static final int TMSTARTRSCAN = 0x1000000;
    private static final int TMENDRSCAN = 0x800000;
    private static final long MAX_UINT = 0xFFFF_FFFFL;

    static XaRequest of(NodeRequest asked) {
        if (!(asked.properties().get("operation") instanceof String verb)) {
            throw new InvalidField("a request needs the application property operation, a string");
        }
        if (asked.body() == null) {
            return new XaRequest(asked, verb, List.of());
        }
        if (!(asked.body() instanceof List<?> arguments)) {
            throw new InvalidField("the body of a request is an amqp-value with a list");
        }
        return new XaRequest(asked, verb, arguments);
    }

    /** Checks how many arguments there are. */
    void takes(int count) {
        if (arguments.size() != count) {
            throw new InvalidField(verb + " takes " + count + " arguments, not " + arguments.size());
        }
    }

    /** The time limit that a start names as its third argument; else the one given. */
    long timeoutS(long otherwise) {
        if (arguments.size() == 3) {
            return number(2);
        }
        if (arguments.size() == 2) {
            return otherwise;
        }
        throw new InvalidField("start takes 2 or 3 arguments, not " + arguments.size());
    }

    Xid xid() {
        return Xids.of(arguments.get(0));
    }

    Binary txnId() {
        if (arguments.get(0) instanceof Binary txnId) {
            return txnId;
        }
        throw new InvalidField("the first argument of " + verb + " is a txn-id, a binary");
    }

    boolean isOnePhase() {
        if (arguments.get(1) instanceof Boolean onePhase) {
            return onePhase;
        }
        throw new InvalidField("the second argument of commit says whether it is one phase, a boolean");
    }

    Branches.Start startFlags() {
        return switch (flags(1)) {
            case 0 -> Branches.Start.NEW;
            case TMJOIN -> Branches.Start.JOIN;
            case TMRESUME -> Branches.Start.RESUME;
            default -> throw new InvalidField("the flags of start are one of TMNOFLAGS, TMJOIN and TMRESUME");
        };
    }

    Branches.End endFlags() {
        return switch (flags(1)) {
            case TMSUCCESS -> Branches.End.SUCCESS;
            case TMFAIL -> Branches.End.FAIL;
            case TMSUSPEND -> Branches.End.SUSPEND;
            default -> throw new InvalidField("the flags of end are one of TMSUCCESS, TMFAIL and TMSUSPEND");
        };
    }

    /** Where the wanted page of a scan begins; null for the first one. */
    byte @Nullable [] cursor() {
        int flags = flags(0);
        if ((flags & ~(TMSTARTRSCAN | TMENDRSCAN)) != 0) {
            throw new InvalidField("the flags of recover are TMSTARTRSCAN, TMENDRSCAN, both or none of them");
        }
        Object cursor = arguments.get(1);
        if ((flags & TMSTARTRSCAN) != 0) {
            return null;
        } else if (cursor instanceof Binary binary) {
            return Xids.bytes(binary);
        }
        throw new InvalidField("recover goes on from a cursor, a binary, unless TMSTARTRSCAN is set");
    }

    /** How many there are to be in a page. */
    int most(int limit) {
        long most = number(2);
        if (most == 0) {
            throw new InvalidField("recover needs room for 1 branch at least");
        }
        return (int) Math.min(most, limit);
    }

    long seconds() {
        return number(0);
    }

    private int flags(int place) {
        return (int) number(place);
    }

    private long number(int place) {
        Object value = arguments.get(place);
        if (value instanceof Integer || value instanceof Long || value instanceof UnsignedInteger) {
            long number = ((Number) value).longValue();
            if (number >= 0 && number <= MAX_UINT) {
                return number;
            }
        }
        throw new InvalidField("argument " + (place + 1) + " of " + verb + " is a uint, not " + Shown.of(value));
    }
}
