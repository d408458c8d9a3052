package org.waybill.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Decision;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Xid;

/**
 * Administration of the branches that a shard coordinates. A branch has {@code name} (its xid), {@code format-id}, {@code gtrid} and
 * {@code bqual} (in hex), {@code state}, {@code age-ms} (since it was made or, if it is in doubt, prepared), {@code owner} (the
 * container id of the client that made it), {@code rollback-only}, {@code messages-sent} and {@code messages-held}.
 */
final class BranchAdministration {
    private final Shard shard;

    BranchAdministration(Shard shard) {
        this.shard = shard;
    }

    /** As many rows of this shard as can be in the answer. */
    List<Map<String, Object>> list(Operation.Query query) {
        List<Branch> branches = new ArrayList<>(shard.coordinator().all());
        branches.sort(Comparator.comparing(branch -> branch.xid.toString()));
        return branches.stream()
                .limit((long) query.offset() + query.count())
                .map(this::row)
                .toList();
    }

    void carryOut(Operation operation, Target target, Consumer<Reply<List<Map<String, Object>>>> reply) {
        Branch branch = shard.coordinator().branch(BranchEvents.id(Xid.parse(target.name())));
        if (branch == null) {
            reply.accept(Administration.unknown(target));
        } else if (operation instanceof Operation.Read) {
            reply.accept(found(branch));
        } else {
            end(branch, ((Operation.EndBranch) operation).decision(), reply);
        }
    }

    private void end(Branch branch, Decision decision, Consumer<Reply<List<Map<String, Object>>>> reply) {
        boolean decided = branch.state == Branch.State.COMMITTED || branch.state == Branch.State.ROLLED_BACK;
        if (decision == Decision.FORGET && decided) {
            List<Map<String, Object>> last = List.of(row(branch));
            shard.coordinator().verbs().forget(branch, () -> reply.accept(new Reply.Done<>(last)));
        } else if (decision != Decision.FORGET && branch.state == Branch.State.PREPARED) {
            shard.coordinator().verbs().decide(branch, decision == Decision.COMMIT, () -> reply.accept(found(branch)));
        } else {
            reply.accept(Administration.refused(
                    Code.PRECONDITION_FAILED,
                    "branch " + branch.xid + " is " + branch.stateName()
                            + (decision == Decision.FORGET
                                    ? ": there is no decision to forget"
                                    : ": only one that is prepared can be decided")));
        }
    }

    private Reply<List<Map<String, Object>>> found(Branch branch) {
        return new Reply.Done<>(List.of(row(branch)));
    }

    private Map<String, Object> row(Branch branch) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", branch.xid.toString());
        row.put("format-id", branch.xid.formatId());
        row.put("gtrid", HexFormat.of().formatHex(branch.xid.gtrid()));
        row.put("bqual", HexFormat.of().formatHex(branch.xid.bqual()));
        row.put("state", branch.stateName());
        row.put("age-ms", Math.max(0, shard.nowMs() - branch.sinceMs));
        row.put("owner", branch.owner);
        row.put("rollback-only", branch.doom != null);
        row.put("messages-sent", branch.sent);
        row.put("messages-held", branch.held);
        return row;
    }
}
