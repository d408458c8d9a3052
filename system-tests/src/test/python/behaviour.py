"""What the broker does with outcomes, links and nodes, seen through python3-qpid-proton.

Each function whose name begins with "scenario_" is a test: the Java side asks for the list, then for one after the other, with a line of JSON
{"scenario": name, "port": N} each, and gets {"ok": true} or {"ok": false, "error": what was expected and seen}.
"""
import json
import sys
import time
import traceback
import uuid

from proton import Delivery, Described, LinkException, Message, Terminus, ulong, symbol
from proton.reactor import AtLeastOnce, AtMostOnce, Container, Copy, Filter, LinkOption, Selector
from proton.utils import BlockingConnection, LinkDetached, SendException, SyncRequestResponse

PATIENCE = 20


class Capability(LinkOption):
    """Says what kind of node the remote terminus is."""

    def __init__(self, *names):
        self.names = [symbol(name) for name in names]

    def apply(self, link):
        terminus = link.source if link.is_receiver else link.target
        terminus.capabilities.put_array(False, 21)
        terminus.capabilities.enter()
        for name in self.names:
            terminus.capabilities.put_symbol(name)
        terminus.capabilities.exit()


class Durable(LinkOption):
    """A durable subscription, named by container id and link name."""

    def apply(self, link):
        link.source.durability = Terminus.DELIVERIES
        link.source.expiry_policy = Terminus.EXPIRE_NEVER


class NamedFilter(Filter):
    """One filter of the source: its key, its descriptor, its value."""

    def __init__(self, key, descriptor, value):
        super().__init__({symbol(key): Described(descriptor, value)})


class Dynamic(LinkOption):
    """A target that the broker makes, of this kind."""

    def __init__(self, kind):
        self.kind = Capability(kind)

    def apply(self, link):
        link.target.dynamic = True
        self.kind.apply(link)


TOPIC = Capability("topic")
QUEUE = Capability("queue")


class Connected:
    """A connection with a queue name of its own; credit is given one by one, so that nothing is prefetched."""

    def __init__(self, port):
        self.port = port
        self.queue = "behaviour.%s" % uuid.uuid4()
        self.connections = []

    def connect(self, container=None):
        own = Container()
        if container:
            own.container_id = container
        connection = BlockingConnection("amqp://127.0.0.1:%d" % self.port, timeout=PATIENCE, container=own, allowed_mechs="ANONYMOUS")
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


def sender(c, address, *options):
    return c.connect().create_sender(address, options=list(options) or None)


def subscriber(c, address, *options, container=None, name=None):
    return c.connect(container).create_receiver(address, credit=0, options=[AtLeastOnce(), *options], name=name)


def nothing_more(receiver, what):
    equal(is_empty(receiver), True, what)


def all_of(receiver):
    """The bodies of everything that is there, accepted."""
    bodies = []
    while not is_empty(receiver):
        bodies.append(receiver.receive().body)
        settle(receiver, Delivery.ACCEPTED)
    return bodies


def scenario_every_subscriber_of_a_topic_gets_each_message(c):
    first, second = subscriber(c, c.queue, TOPIC), subscriber(c, c.queue, TOPIC)
    publisher = sender(c, c.queue, TOPIC)
    for body in "abc":
        publisher.send(Message(body=body))
    equal([all_of(first), all_of(second)], [["a", "b", "c"]] * 2, "what both got")
    late = subscriber(c, c.queue, TOPIC)
    nothing_more(late, "a subscriber that came late")


def scenario_a_topic_and_a_queue_of_one_name_are_two_nodes(c):
    listener = subscriber(c, "topic://" + c.queue)
    sender(c, "queue://" + c.queue).send(Message(body="queued"))
    sender(c, "topic://" + c.queue).send(Message(body="published"))
    equal(all_of(listener), ["published"], "the topic's messages")
    equal(all_of(subscriber(c, c.queue, QUEUE)), ["queued"], "the queue's messages")


def scenario_wildcards_subscribe_to_several_topics(c):
    words, rest = subscriber(c, c.queue + ".*.eu", TOPIC), subscriber(c, c.queue + ".#", TOPIC)
    publisher = sender(c, None)
    for name in ("gold.eu", "gold.us", "gold.eu.spot"):
        publisher.send(Message(address="topic://%s.%s" % (c.queue, name), body=name))
    equal(all_of(words), ["gold.eu"], "what * matches")
    equal(all_of(rest), ["gold.eu", "gold.us", "gold.eu.spot"], "what # matches")


def scenario_nothing_can_be_sent_to_a_wildcard(c):
    refused(lambda: sender(c, c.queue + ".*", TOPIC), "a sender to a pattern")


def scenario_a_durable_subscription_outlives_its_connection(c):
    container = "container-" + c.queue
    first = subscriber(c, c.queue, TOPIC, Durable(), container=container, name="prices")
    publisher = sender(c, c.queue, TOPIC)
    publisher.send(Message(body="a", durable=True))
    taken(first, "a")
    settle(first, Delivery.ACCEPTED)
    # a detach that does not close, as a client does that means to come back
    first.link.detach()
    first.connection.close()
    for body in "bc":
        publisher.send(Message(body=body, durable=True))
    again = subscriber(c, c.queue, TOPIC, Durable(), container=container, name="prices")
    equal(all_of(again), ["b", "c"], "what came while nobody listened")
    again.close()
    publisher.send(Message(body="d", durable=True))
    again.connection.close()
    once_more = subscriber(c, c.queue, TOPIC, Durable(), container=container, name="prices")
    nothing_more(once_more, "a subscription that a closing detach has removed")


def scenario_a_selector_picks_from_a_topic(c):
    red = subscriber(c, c.queue, TOPIC, Selector("colour = 'red'"))
    publisher = sender(c, c.queue, TOPIC)
    for number, colour in enumerate(("red", "blue", "red")):
        publisher.send(Message(body=number, properties={"colour": colour}))
    equal(all_of(red), [0, 2], "the red ones")


def scenario_a_wrong_selector_is_refused_with_its_place(c):
    try:
        subscriber(c, c.queue, Selector("colour = = 'red'"))
    except (LinkDetached, LinkException) as refusal:
        if "amqp:invalid-field" not in str(refusal) or "10" not in str(refusal):
            raise AssertionError("the refusal does not say what and where: %s" % refusal)
        return
    raise AssertionError("a wrong selector was not refused")


def numbered(c):
    to = sender(c, c.queue)
    for number in range(6):
        to.send(Message(body=number, subject="order.%d" % (number % 3), properties={"number": number, "name": "n%d" % (number % 2)}))


def scenario_the_sql_filter_picks(c):
    numbered(c)
    sql = NamedFilter("sql", ulong(0x120), "number > 1 AND properties.subject = 'order.2'")
    equal(all_of(subscriber(c, c.queue, sql)), [2, 5], "what the SQL filter selects")


def scenario_the_property_filters_pick(c):
    numbered(c)
    subject = NamedFilter("subject", ulong(0x173), {symbol("subject"): "&p:order.1"})
    equal(all_of(subscriber(c, c.queue, subject)), [1, 4], "what the filter of properties selects")
    names = NamedFilter("names", symbol("amqp:application-properties-filter"), {"name": "n0"})
    equal(all_of(subscriber(c, c.queue, names)), [0, 2], "what the filter of application properties selects")


def scenario_a_message_is_delivered_when_its_time_has_come(c):
    to = sender(c, c.queue)
    now = int(time.time() * 1000)
    to.send(Message(body="later", annotations={symbol("x-opt-delivery-time"): now + 700}))
    to.send(Message(body="soon", annotations={symbol("x-opt-delivery-delay"): 200}))
    to.send(Message(body="now"))
    receiver = subscriber(c, c.queue)
    for body, due in (("now", 0), ("soon", 200), ("later", 700)):
        taken(receiver, body)
        early = now + due - int(time.time() * 1000)
        if early > 0:
            raise AssertionError("%s came %d ms early" % (body, early))
        settle(receiver, Delivery.ACCEPTED)


def scenario_a_message_that_has_expired_is_not_delivered(c):
    to = sender(c, c.queue)
    to.send(Message(body="short", ttl=0.05))
    to.send(Message(body="for ever"))
    receiver = subscriber(c, c.queue)
    time.sleep(0.2)
    equal(all_of(receiver), ["for ever"], "what has not expired")


def scenario_urgent_messages_come_first(c):
    to = sender(c, c.queue)
    for priority in (4, 9, 0, 9):
        to.send(Message(body=priority, priority=priority))
    equal(all_of(subscriber(c, c.queue)), [9, 9, 4, 0], "the order of priorities")


def scenario_a_group_stays_with_one_receiver(c):
    first, second = subscriber(c, c.queue), subscriber(c, c.queue)
    first.link.flow(100)
    second.link.flow(100)
    to = sender(c, c.queue)
    for number in range(12):
        to.send(Message(body=number, group_id="g%d" % (number % 4), group_sequence=number))
    seen = {}
    for receiver in (first, second):
        for body in all_of(receiver):
            seen.setdefault(body % 4, []).append((receiver, body))
    equal(sum(len(of) for of in seen.values()), 12, "messages")
    for group, of in seen.items():
        equal(len({id(receiver) for receiver, _ in of}), 1, "receivers of group %d" % group)
        equal([body for _, body in of], sorted(body for _, body in of), "the order of group %d" % group)


def scenario_a_dead_letter_says_where_it_died(c):
    c.send("unlucky")
    receiver = c.receiver()
    for _ in range(10):
        taken(receiver, "unlucky")
        settle(receiver, Delivery.MODIFIED, failed=True)
    nothing_more(receiver, "a message that has failed too often")
    dead = c.connect().create_receiver("dead-letters", credit=0)
    message = dead.receive()
    while message.body != "unlucky":
        # all scenarios share this address
        settle(dead, Delivery.ACCEPTED)
        message = dead.receive()
    annotations = {str(key): value for key, value in message.annotations.items()}
    equal(annotations.get("x-opt-dead-letter-queue"), c.queue, "where it died")
    equal(annotations.get("x-opt-dead-letter-count"), 10, "how often it had failed")
    if "x-opt-dead-letter-time" not in annotations or "x-opt-dead-letter-reason" not in annotations:
        raise AssertionError("time or reason is missing: %r" % annotations)
    settle(dead, Delivery.ACCEPTED)


def scenario_a_temporary_topic_dies_with_its_connection(c):
    owner = c.connect()
    publisher = owner.create_sender(None, options=[Dynamic("temporary-topic")])
    address = publisher.link.remote_target.address
    listener = owner.create_receiver(address, credit=0)
    publisher.send(Message(body="a"))
    taken(listener, "a")
    owner.close()
    refused(lambda: c.connect().create_sender(address), "a sender to a temporary topic that is gone")


def scenario_management_shows_moves_and_deletes_messages(c):
    def call(operation, **arguments):
        properties = {name.replace("_", "-"): value for name, value in arguments.items()}
        return management.call(Message(properties=dict(properties, operation=operation)))

    def done(operation, **arguments):
        answer = call(operation, type="org.waybill.message", queue=c.queue, **arguments)
        equal(answer.properties["statusCode"], 200, "%s: %s" % (operation, answer.properties["statusDescription"]))
        return answer.body

    def listed(**arguments):
        body = done("QUERY", **arguments)
        return [dict(zip(body["attributeNames"], row)) for row in body["results"]]

    c.send(*"abcdef")
    target = c.queue + ".moved"
    management = SyncRequestResponse(c.connect(), "$management")
    rows = listed(count=4)
    equal(len(rows), 4, "the rows of a page")
    equal(done("READ", id=rows[1]["id"])["body"], "b", "the second message")
    equal(done("MOVE", id=rows[1]["id"], to=target)["moved"], 1, "how many were moved")
    equal(done("DELETE", id=rows[0]["id"])["deleted"], 1, "how many were deleted")
    equal(call("DELETE", type="org.waybill.message", queue=c.queue).properties["statusCode"], 400, "all of a queue")
    equal(call("READ", type="org.waybill.topic", name=c.queue).properties["statusCode"], 404, "no topic")

    receiver = c.receiver()
    taken(receiver, "c", 0)
    equal([row["state"] for row in listed()], ["acquired"] + ["available"] * 3, "what a consumer holds")
    equal(done("MOVE", count=10, to=target)["moved"], 3, "what nobody holds")
    moved = c.connect().create_receiver(target, credit=0)
    for body in "bdef":
        taken(moved, body)
        settle(moved, Delivery.ACCEPTED)
    settle(receiver, Delivery.ACCEPTED)


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
