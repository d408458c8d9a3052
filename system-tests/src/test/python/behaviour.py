"""What the broker does with outcomes, links and nodes, seen through python3-qpid-proton.

Each function whose name begins with "scenario_" is a test: the Java side asks for the list, then for one after the other, with a line of JSON
{"scenario": name, "port": N} each, and gets {"ok": true} or {"ok": false, "error": what was expected and seen}.
"""
import json
import sys
import traceback
import uuid

from proton import Delivery, LinkException, Message, symbol
from proton.reactor import AtLeastOnce, AtMostOnce, Copy, Selector
from proton.utils import BlockingConnection, LinkDetached, SendException

PATIENCE = 20


class Connected:
    """A connection with a queue name of its own; credit is given one by one, so that nothing is prefetched."""

    def __init__(self, port):
        self.port = port
        self.queue = "behaviour.%s" % uuid.uuid4()
        self.connections = []

    def connect(self):
        connection = BlockingConnection("amqp://127.0.0.1:%d" % self.port, timeout=PATIENCE, allowed_mechs="ANONYMOUS")
        self.connections.append(connection)
        return connection

    def send(self, *bodies, **fields):
        connection = self.connect()
        sender = connection.create_sender(self.queue)
        for body in bodies:
            sender.send(Message(body=body, durable=True, **fields))
        connection.close()

    def receiver(self, connection=None, options=None, name=None):
        return (connection or self.connect()).create_receiver(self.queue, credit=0, options=options or AtLeastOnce(), name=name)

    def close(self):
        for connection in self.connections:
            try:
                connection.close()
            except Exception:
                pass


def equal(seen, expected, what):
    if seen != expected:
        raise AssertionError("%s: expected %r, got %r" % (what, expected, seen))


def is_empty(receiver):
    """Whether a drain ends without a message."""
    receiver.link.drain(1)
    receiver.connection.wait(lambda: receiver.fetcher.has_message or not receiver.link.draining(), msg="the answer to a drain")
    return not receiver.fetcher.has_message


def settle(receiver, state, failed=False, undeliverable=False, annotations=None):
    """Settles the message that was received first, and waits until the broker must have seen it."""
    delivery = receiver.fetcher.unsettled.popleft()
    delivery.local.failed = failed
    delivery.local.undeliverable = undeliverable
    if annotations:
        delivery.local.annotations = annotations
    delivery.update(state)
    delivery.settle()


def taken(receiver, body, count=None):
    message = receiver.receive()
    equal(message.body, body, "the next message")
    if count is not None:
        equal(message.delivery_count, count, "its delivery count")
    return message


def scenario_accepted_is_gone(c):
    c.send("a", "b")
    first = c.receiver()
    taken(first, "a", 0)
    settle(first, Delivery.ACCEPTED)
    first.connection.close()
    second = c.receiver()
    taken(second, "b", 0)
    settle(second, Delivery.ACCEPTED)
    equal(is_empty(second), True, "the queue is empty")


def scenario_released_comes_back_to_its_place_and_is_not_counted(c):
    c.send("a", "b", "c")
    receiver = c.receiver()
    taken(receiver, "a", 0)
    taken(receiver, "b", 0)
    settle(receiver, Delivery.RELEASED)
    settle(receiver, Delivery.RELEASED)
    for body in "abc":
        taken(receiver, body, 0)
        settle(receiver, Delivery.ACCEPTED)


def scenario_modified_as_failed_is_counted(c):
    c.send("a")
    receiver = c.receiver()
    for count in range(3):
        taken(receiver, "a", count)
        settle(receiver, Delivery.MODIFIED, failed=True)
    equal(taken(receiver, "a", 3).first_acquirer, False, "first-acquirer")


def scenario_modified_without_failure_is_not_counted(c):
    c.send("a")
    receiver = c.receiver()
    taken(receiver, "a", 0)
    settle(receiver, Delivery.MODIFIED)
    taken(receiver, "a", 0)


def scenario_undeliverable_here_goes_to_another_link(c):
    c.send("a", "b")
    first = c.receiver()
    taken(first, "a", 0)
    settle(first, Delivery.MODIFIED, failed=True, undeliverable=True)
    taken(first, "b", 0)
    settle(first, Delivery.ACCEPTED)
    equal(is_empty(first), True, "nothing more for the link that said undeliverable here")
    taken(c.receiver(), "a", 1)


def scenario_annotations_of_modified_are_merged(c):
    c.send("a", annotations={symbol("x-opt-kept"): "kept", symbol("x-opt-changed"): "before"})
    receiver = c.receiver()
    taken(receiver, "a", 0)
    settle(receiver, Delivery.MODIFIED, annotations={symbol("x-opt-changed"): "after", symbol("x-opt-new"): "new"})
    annotations = taken(receiver, "a", 0).annotations
    equal({str(key): value for key, value in annotations.items()}, {"x-opt-kept": "kept", "x-opt-changed": "after", "x-opt-new": "new"},
          "message annotations")


def scenario_rejected_is_not_redelivered(c):
    c.send("a", "b")
    receiver = c.receiver()
    taken(receiver, "a", 0)
    settle(receiver, Delivery.REJECTED)
    taken(receiver, "b", 0)
    settle(receiver, Delivery.ACCEPTED)
    receiver.connection.close()
    equal(is_empty(c.receiver()), True, "the queue is empty")


def scenario_unsettled_comes_back_when_the_link_is_closed(c):
    c.send("a", "b")
    connection = c.connect()
    receiver = c.receiver(connection)
    taken(receiver, "a", 0)
    receiver.close()
    again = c.receiver(connection)
    taken(again, "a")
    taken(again, "b")


def scenario_unsettled_comes_back_in_order_when_the_connection_is_closed(c):
    c.send("a", "b", "c")
    receiver = c.receiver()
    for body in "abc":
        taken(receiver, body)
    receiver.connection.close()
    again = c.receiver()
    for body in "abc":
        taken(again, body)


def scenario_presettled_messages_arrive(c):
    connection = c.connect()
    sender = connection.create_sender(c.queue, options=AtMostOnce())
    for body in "abc":
        sender.send(Message(body=body))
    # nothing confirms what is settled already: the answer to the detach comes after it
    sender.close()
    receiver = c.receiver()
    for body in "abc":
        taken(receiver, body)
        settle(receiver, Delivery.ACCEPTED)


def scenario_a_presettled_receiver_owns_what_it_gets(c):
    c.send("a", "b")
    receiver = c.receiver(options=AtMostOnce())
    taken(receiver, "a")
    equal(len(receiver.fetcher.unsettled), 0, "unsettled deliveries")
    receiver.connection.close()
    taken(c.receiver(), "b")


def scenario_messages_wait_for_credit(c):
    c.send(*range(10))
    receiver = c.receiver()
    receiver.link.flow(3)
    receiver.connection.wait(lambda: len(receiver.fetcher.incoming) == 3, msg="three messages")
    # a round trip on the same session: whatever the broker would have sent too much has come by then
    receiver.connection.create_receiver(c.queue + ".other", credit=0)
    equal(len(receiver.fetcher.incoming), 3, "messages for three credits")


def scenario_a_drain_is_answered_again_and_again(c):
    receiver = c.receiver()
    for _ in range(3):
        equal(is_empty(receiver), True, "an empty queue")
    c.send("a")
    taken(receiver, "a")


def scenario_two_receivers_share_a_queue(c):
    first, second = c.receiver(), c.receiver()
    first.link.flow(10)
    second.link.flow(10)
    c.send(*range(10))
    seen = []
    for receiver in (first, second):
        while not is_empty(receiver):
            seen.append(receiver.receive().body)
    equal(sorted(seen), list(range(10)), "what both received together")


def scenario_browsing_leaves_messages_where_they_are(c):
    c.send("a", "b", "c")
    browser = c.receiver(options=[AtLeastOnce(), Copy()])
    for body in "abc":
        taken(browser, body, 0)
        settle(browser, Delivery.ACCEPTED)
    equal(is_empty(browser), True, "the end of the queue")
    consumer = c.receiver()
    for body in "abc":
        taken(consumer, body, 0)
        settle(consumer, Delivery.ACCEPTED)


def scenario_a_dynamic_node_lives_as_long_as_its_link(c):
    owner = c.connect()
    receiver = owner.create_receiver(None, credit=0, dynamic=True)
    c.queue = receiver.link.remote_source.address
    if not c.queue:
        raise AssertionError("a dynamic source has no address")
    c.send("a")
    taken(receiver, "a")
    receiver.close()
    refused(lambda: c.connect().create_sender(c.queue), "a sender to a dynamic node that is gone")


def scenario_a_dynamic_node_is_only_for_its_connection(c):
    owner = c.connect()
    receiver = owner.create_receiver(None, credit=0, dynamic=True)
    address = receiver.link.remote_source.address
    refused(lambda: c.connect().create_receiver(address, credit=0), "a receiver of another connection from a dynamic node")


def refused(attempt, what):
    try:
        link = attempt()
        # proton takes some refusals for a success until the detach comes
        link.connection.wait(lambda: False, timeout=2)
    except (LinkDetached, LinkException):
        return
    except Exception as other:
        if "timed out" not in str(other):
            raise
    raise AssertionError(what + " was not refused")


def scenario_the_anonymous_relay_routes_each_message(c):
    connection = c.connect()
    sender = connection.create_sender(None)
    other = c.queue + ".other"
    sender.send(Message(address=c.queue, body="a"))
    sender.send(Message(address=other, body="b"))
    taken(c.receiver(), "a")
    c.queue = other
    taken(c.receiver(), "b")


def scenario_the_anonymous_relay_refuses_a_message_without_address(c):
    sender = c.connect().create_sender(None)
    try:
        sender.send(Message(body="a"))
    except SendException:
        return
    raise AssertionError("a message without an address was accepted")


def scenario_a_selector_picks(c):
    connection = c.connect()
    sender = connection.create_sender(c.queue)
    for number in range(6):
        sender.send(Message(body=number, properties={"even": number % 2 == 0, "number": number}))
    receiver = c.receiver(options=[AtLeastOnce(), Selector("even AND number > 0")])
    for number in (2, 4):
        taken(receiver, number)
        settle(receiver, Delivery.ACCEPTED)
    equal(is_empty(receiver), True, "the end of what is selected")
    rest = c.receiver()
    for number in (0, 1, 3, 5):
        taken(rest, number)


def scenario_several_links_work_beside_each_other(c):
    connection = c.connect()
    senders = [connection.create_sender("%s.%d" % (c.queue, i)) for i in range(50)]
    for i, sender in enumerate(senders):
        sender.send(Message(body=i))
    for i in range(50):
        receiver = connection.create_receiver("%s.%d" % (c.queue, i), credit=1)
        equal(receiver.receive().body, i, "the message of link %d" % i)
        receiver.accept()


SCENARIOS = {name[len("scenario_"):]: function for name, function in globals().items() if name.startswith("scenario_")}


def run(request):
    if request["scenario"] == "list":
        return {"ok": True, "scenarios": list(SCENARIOS)}
    connected = Connected(request["port"])
    try:
        SCENARIOS[request["scenario"]](connected)
        return {"ok": True}
    except Exception as failure:
        return {"ok": False, "error": "%s: %s\n%s" % (type(failure).__name__, failure, traceback.format_exc(limit=-3))}
    finally:
        connected.close()


def main():
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


main()
