"""Drives every verb of XA over AMQP 1.0 and checks each answer: tour.py [URL]

Needs python3-qpid-proton and a running broker. Two more ways to call it show that a broker may be killed in between:
    tour.py URL prepare    prepares a branch and leaves it
    tour.py URL finish     finds that branch by recover, commits it, and reads what it sent
"""
import os
import subprocess
import sys
import time

import waybill_xa
from proton import Message, Timeout
from proton.utils import BlockingConnection, SyncRequestResponse
from waybill_xa import StartRefused, XaConnection, XaError, Xid

FORMAT = 0x5741
QUEUE = "xa-tour-%d" % time.time_ns()
KILL_QUEUE = "xa-tour-kill"
XA_RBBASE, XA_RBEND = 100, 107
XA_HEURRB = 6
XAER_NOTA, XAER_INVAL, XAER_PROTO, XAER_DUPID = -4, -5, -6, -8


def xid(name):
    """A branch of a transaction that has this name and no other has had."""
    return Xid(FORMAT, ("%s-%d-%d" % (name, os.getpid(), time.time_ns())).encode(), b"tour")


def fails(code, call, *arguments):
    try:
        call(*arguments)
    except XaError as error:
        assert error.code == code, "expected %d, got %s" % (code, error)
    else:
        raise AssertionError("expected %d" % code)


def is_empty(connection, address):
    try:
        body = connection.receive(address, timeout=0.5)
    except Timeout:
        return True
    raise AssertionError("%s has %r" % (address, body))


def two_phases(a, b):
    branch = xid("two")
    txn = a.declare(branch)
    a.send(QUEUE, "in two phases", txn)
    a.end(txn)
    assert a.prepare(branch) == waybill_xa.XA_OK
    is_empty(b, QUEUE)
    assert branch in b.recover()
    b.commit(branch)
    assert branch not in a.recover()
    b.commit(branch)  # a repeated verb has the same answer
    assert a.outcome(branch) == "committed"
    assert b.receive(QUEUE) == "in two phases"


def one_phase(a, b):
    branch = xid("one")
    txn = a.start(branch)
    a.send(QUEUE, "in one phase", txn)
    a.end(txn)
    a.commit(branch, one_phase=True)
    assert b.receive(QUEUE) == "in one phase"


def read_only(a, b):
    branch = xid("read")
    a.end(a.start(branch))
    assert a.prepare(branch) == waybill_xa.XA_RDONLY
    fails(XAER_NOTA, a.commit, branch)


def rolled_back(a, b):
    b.send(QUEUE, "consumed and given back")
    branch = xid("back")
    txn = a.start(branch)
    assert a.receive(QUEUE, txn) == "consumed and given back"
    a.send(QUEUE, "never seen", txn)
    a.end(txn)
    a.prepare(branch)
    a.rollback(branch)
    assert a.outcome(branch) == "rolled back"
    assert b.receive(QUEUE) == "consumed and given back"
    is_empty(b, QUEUE)


def joined_by_another_connection(a, b):
    branch = xid("join")
    first = a.start(branch)
    a.send(QUEUE, "by the first", first)
    a.end(first)
    second = b.start(branch, waybill_xa.TMJOIN)
    b.send(QUEUE, "by the second", second)
    b.end(second)
    assert a.prepare(branch) == waybill_xa.XA_OK
    a.commit(branch)
    assert {a.receive(QUEUE), a.receive(QUEUE)} == {"by the first", "by the second"}


def suspended_and_resumed(a, b):
    outer, inner = xid("outer"), xid("inner")
    txn = a.start(outer)
    a.send(QUEUE, "outer 1", txn)
    a.end(txn, waybill_xa.TMSUSPEND)
    other = a.start(inner)
    a.send(QUEUE, "inner", other)
    a.end(other)
    a.commit(inner, one_phase=True)
    assert b.receive(QUEUE) == "inner"
    again = a.start(outer, waybill_xa.TMRESUME)
    assert again != txn
    a.send(QUEUE, "outer 2", again)
    a.end(again)
    a.commit(outer, one_phase=True)
    assert [b.receive(QUEUE), b.receive(QUEUE)] == ["outer 1", "outer 2"]


def marked_as_failed(a, b):
    branch = xid("fail")
    txn = a.start(branch)
    a.send(QUEUE, "of a failed association", txn)
    try:
        a.end(txn, waybill_xa.TMFAIL)
    except XaError as error:
        assert XA_RBBASE <= error.code <= XA_RBEND, error
    try:
        a.commit(branch, one_phase=True)
        raise AssertionError("a branch that was marked for rollback was committed")
    except XaError as error:
        assert XA_RBBASE <= error.code <= XA_RBEND, error
    is_empty(b, QUEUE)


def out_of_order(a, b):
    branch = xid("order")
    txn = a.start(branch)
    fails(XAER_DUPID, b.start, branch)
    try:
        b.declare(branch)
        raise AssertionError("two starts of one branch")
    except StartRefused as refused:
        assert refused.condition == "waybill:xa:dupid", refused
    assert a.discharge(txn, False) == "amqp:not-allowed"
    fails(XAER_PROTO, a.prepare, branch)
    fails(XAER_PROTO, a.commit, branch, True)
    fails(XAER_INVAL, a.end, b"no such txn-id")
    a.send(QUEUE, "after all these errors", txn)
    a.end(txn)
    fails(XAER_PROTO, a.commit, branch)
    a.prepare(branch)
    fails(XAER_PROTO, a.commit, branch, True)
    fails(XAER_PROTO, a.start, branch, waybill_xa.TMJOIN)
    a.commit(branch)
    assert b.receive(QUEUE) == "after all these errors"


def of_the_unknown(a, b):
    branch = xid("unknown")
    for verb in (a.prepare, a.commit, a.rollback, a.forget):
        fails(XAER_NOTA, verb, branch)
    fails(XAER_NOTA, a.start, branch, waybill_xa.TMJOIN)
    assert a.outcome(branch) == "unknown"
    for malformed in (("start", "no xid", 0), ("start",), ("commit", branch.described()), ("recover", -1, None, 1),
                      ("prepare", Xid(1, b"", b"").described()), ("prepare", Xid(1, b"x" * 65, b"").described()),
                      ("no such operation",)):
        code, sentence, _ = a.request(*malformed)
        assert code == XAER_INVAL and sentence, (malformed, code, sentence)


def lost_with_its_connection(a, b, url):
    b.send(QUEUE, "held by who is lost")
    lost = XaConnection(url)
    branch = xid("lost")
    txn = lost.start(branch)
    assert lost.receive(QUEUE, txn) == "held by who is lost"
    lost.send(QUEUE, "never seen", txn)
    lost.close()
    assert b.receive(QUEUE) == "held by who is lost"
    is_empty(b, QUEUE)
    assert branch not in a.recover()


def prepared_by_a_program_that_dies(a, b, url):
    child = subprocess.run([sys.executable, __file__, url, "prepare"], stdout=subprocess.PIPE, check=False)
    assert child.returncode == 9, child
    finish(a)


def decided_by_the_administrator(a, b, url):
    branch = xid("heuristic")
    txn = a.start(branch)
    a.send(QUEUE, "rolled back by hand", txn)
    a.end(txn)
    a.prepare(branch)
    connection = BlockingConnection(url, timeout=20)
    answer = SyncRequestResponse(connection, "$management").call(Message(properties={
        "operation": "ROLLBACK", "type": "org.waybill.branch",
        "name": "%d:%s:%s" % (branch.format_id, branch.gtrid.hex(), branch.bqual.hex())}))
    assert answer.properties["statusCode"] == 200, answer.properties
    connection.close()
    fails(XA_HEURRB, a.commit, branch)
    assert branch in a.recover()
    a.forget(branch)
    assert branch not in a.recover()
    is_empty(b, QUEUE)


def of_the_connection(a, b):
    a.ask("set-timeout", waybill_xa.uint(77))
    assert a.ask("get-timeout")[1] == [77]
    assert b.ask("get-timeout")[1] != [77]
    assert a.ask("rm-id")[1] == b.ask("rm-id")[1]


def page_after_page(a, b):
    branches = [xid("page%d" % n) for n in range(7)]
    for branch in branches:
        txn = a.start(branch)
        a.send(QUEUE, "x", txn)
        a.end(txn)
        a.prepare(branch)
    assert set(branches) <= set(b.recover(page=2))
    for branch in branches:
        b.rollback(branch)
    assert not set(branches) & set(b.recover(page=2))


def prepare(connection):
    branch = xid("dies")
    txn = connection.start(branch)
    connection.send(KILL_QUEUE, "prepared before the end", txn)
    connection.end(txn)
    connection.prepare(branch)
    os._exit(9)


def finish(connection):
    found = [each for each in connection.recover() if each.format_id == FORMAT and each.gtrid.startswith(b"dies")]
    assert len(found) == 1, found
    assert connection.outcome(found[0]) == "prepared"
    connection.commit(found[0])
    assert connection.receive(KILL_QUEUE) == "prepared before the end"


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else "amqp://127.0.0.1:5672"
    if len(sys.argv) > 2:
        {"prepare": prepare, "finish": finish}[sys.argv[2]](XaConnection(url))
        return
    a, b = XaConnection(url), XaConnection(url)
    for part in (two_phases, one_phase, read_only, rolled_back, joined_by_another_connection, suspended_and_resumed,
                 marked_as_failed, out_of_order, of_the_unknown, of_the_connection, page_after_page):
        part(a, b)
        print("ok", part.__name__)
    for part in (lost_with_its_connection, prepared_by_a_program_that_dies, decided_by_the_administrator):
        part(a, b, url)
        print("ok", part.__name__)


main()
