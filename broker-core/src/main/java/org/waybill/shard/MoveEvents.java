package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.waybill.shard.MovesIn.Refusal;
import org.waybill.shard.MovesOut.Departure;
import org.waybill.spi.BrokerError;

/**
 * The records of messages that go from one shard to another, see {@link Events}; checkpoints hold them in the same words. The message
 * itself is in the queue it leaves until REMOVED, and in the one it goes to by the STORED of the frame that has ARRIVED.
 *
 * <pre>
 *  DEPARTED      22   var shard it goes to, var last number given for that shard, var count, count x departure; entries that
 *                     the log does not have are numbered and not named
 *  departure          var number, var queue, var message id, u8 cause: 0 dead letter, 1 expired, 2 moved, 4 with its queue; text reason,
 *                     text address
 *  RETURNED      23   var count, count x var queue, var message id: that do not go anywhere after all
 *  ARRIVED       24   var shard it comes from, var number up to which nothing is asked any more, var last number, var count,
 *                     count x refusal: everything up to that number is taken but these
 *  refusal            var number, text code, text why
 * </pre>
 */
final class MoveEvents {
    private MoveEvents() {}

    static Bytes departed(Bytes out, int target, long last, List<Departure> departures) {
        out.putVar(target).putVar(last).putVar(departures.size());
        for (Departure each : departures) {
            out.putVar(each.number())
                    .putVar(each.queue())
                    .putVar(each.messageId())
                    .putByte(each.cause().number)
                    .putText(each.reason())
                    .putText(each.to());
        }
        return out;
    }

    static void departed(ByteBuffer in, MovesOut into) {
        int target = (int) Bytes.var(in);
        into.numbered(target, Bytes.var(in));
        for (long count = Bytes.var(in); count > 0; count--) {
            long number = Bytes.var(in);
            int queue = (int) Bytes.var(in);
            long messageId = Bytes.var(in);
            into.departed(new Departure(
                    target, number, queue, messageId, Moving.Cause.of(in.get()), Bytes.text(in), Bytes.text(in)));
        }
    }

    static void returned(Bytes out, List<Moving> entries) {
        out.putVar(entries.size());
        for (Moving entry : entries) {
            out.putVar(entry.queue().id()).putVar(entry.id());
        }
    }

    static void returned(ByteBuffer in, MovesOut from) {
        for (long count = Bytes.var(in); count > 0; count--) {
            from.gone((int) Bytes.var(in), Bytes.var(in));
        }
    }

    static Bytes arrived(Bytes out, int source, long done, long last, List<Refusal> refusals) {
        return refusals(out.putVar(source).putVar(done).putVar(last), refusals);
    }

    static void arrived(ByteBuffer in, MovesIn into) {
        into.decided((int) Bytes.var(in), Bytes.var(in), Bytes.var(in), refusals(in));
    }

    static Bytes refusals(Bytes out, List<Refusal> refusals) {
        out.putVar(refusals.size());
        for (Refusal each : refusals) {
            out.putVar(each.number())
                    .putText(each.why().code().name())
                    .putText(each.why().message());
        }
        return out;
    }

    static List<Refusal> refusals(ByteBuffer in) {
        List<Refusal> refusals = new ArrayList<>();
        for (long count = Bytes.var(in); count > 0; count--) {
            refusals.add(new Refusal(
                    Bytes.var(in), new BrokerError(BrokerError.Code.valueOf(Bytes.text(in)), Bytes.text(in))));
        }
        return refusals;
    }
}
