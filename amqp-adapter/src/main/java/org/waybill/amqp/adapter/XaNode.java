package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.WireXid;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;

/** The {@code $xa} node of one connection: the verbs of distributed transactions (docs/xa-over-amqp.md). */
final class XaNode implements RequestNode {
    /** Branches in one answer to recover, whatever the request says. */
    static final int MAX_PAGE = 1_000;

    private static final int MAX_TIMEOUT_S = Integer.MAX_VALUE;

    private final AmqpConnection connection;
    private final NodeLinks links;

    XaNode(AmqpConnection connection) {
        this.connection = connection;
        this.links = new NodeLinks(connection, this);
    }

    NodeLinks links() {
        return links;
    }

    @Override
    public String address() {
        return Terminus.XA;
    }

    @Override
    public void handle(NodeRequest asked, Runnable done) {
        try {
            carryOut(XaRequest.of(asked), reply -> {
                answer(asked, reply);
                done.run();
            });
        } catch (InvalidField invalid) {
            answer(asked, BranchReply.of(XaCode.INVALID, String.valueOf(invalid.getMessage())));
            done.run();
        }
    }

    private void carryOut(XaRequest request, Consumer<BranchReply<List<@Nullable Object>>> reply) {
        Transactions transactions = connection.transactions();
        switch (request.verb()) {
            case "start" -> {
                long timeoutS = request.timeoutS(transactions.branchTimeoutS());
                transactions.start(
                        request.xid(), request.startFlags(), timeoutS, null, done -> reply.accept(of(done, List::of)));
            }
            case "end" -> {
                request.takes(2);
                transactions.end(request.txnId(), request.endFlags(), plain(reply));
            }
            case "prepare" -> {
                request.takes(1);
                branches().prepare(request.xid(), plain(reply));
            }
            case "commit" -> {
                request.takes(2);
                branches().commit(request.xid(), request.isOnePhase(), plain(reply));
            }
            case "rollback" -> {
                request.takes(1);
                branches().rollback(request.xid(), plain(reply));
            }
            case "forget" -> {
                request.takes(1);
                branches().forget(request.xid(), plain(reply));
            }
            default -> ask(request, reply);
        }
    }

    /** Verbs that change no branch. */
    private void ask(XaRequest request, Consumer<BranchReply<List<@Nullable Object>>> reply) {
        switch (request.verb()) {
            case "recover" -> {
                request.takes(3);
                branches()
                        .recover(
                                request.cursor(),
                                request.most(MAX_PAGE),
                                done -> reply.accept(of(done, XaNode::results)));
            }
            case "outcome" -> {
                request.takes(1);
                branches().outcome(request.xid(), done -> reply.accept(of(done, XaNode::results)));
            }
            case "set-timeout" -> {
                request.takes(1);
                connection.transactions().branchTimeoutS(request.seconds());
                reply.accept(BranchReply.of(List.of()));
            }
            case "get-timeout" -> {
                request.takes(0);
                branches().timeoutS(connection.transactions().branchTimeoutS());
                long seconds = Math.min(branches().timeoutS(), MAX_TIMEOUT_S);
                reply.accept(BranchReply.of(List.of(UnsignedInteger.valueOf(seconds))));
            }
            case "rm-id" -> {
                request.takes(0);
                reply.accept(BranchReply.of(
                        List.of(connection.loop().shared().context().brokerId())));
            }
            default -> throw new InvalidField("there is no operation " + Shown.of(request.verb()));
        }
    }

    private Branches branches() {
        return connection.session().branches();
    }

    private static List<@Nullable Object> results(Branches.Page page) {
        List<WireXid> xids = page.xids().stream().map(Xids::wire).toList();
        List<@Nullable Object> results = new ArrayList<>(2);
        results.add(xids);
        results.add(page.next() == null ? null : new Binary(page.next()));
        return results;
    }

    private static List<@Nullable Object> results(Branches.Outcome outcome) {
        return List.of(outcome.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    private static Consumer<BranchReply<Void>> plain(Consumer<BranchReply<List<@Nullable Object>>> reply) {
        return done -> reply.accept(of(done, nothing -> List.of()));
    }

    private static <T> BranchReply<List<@Nullable Object>> of(
            BranchReply<T> reply, java.util.function.Function<T, List<@Nullable Object>> results) {
        T value = reply.value();
        return new BranchReply<>(reply.code(), reply.error(), value == null ? List.of() : results.apply(value));
    }

    private void answer(NodeRequest asked, BranchReply<List<@Nullable Object>> reply) {
        Map<String, Object> codes = new LinkedHashMap<>();
        codes.put("xa-code", reply.code().value());
        if (reply.error() != null) {
            codes.put("xa-error", reply.error());
        }
        List<@Nullable Object> results = reply.value() == null ? List.of() : reply.value();
        links.answer(asked.replyTo(), asked.answer(connection.loop().codec(), codes, results));
    }
}
