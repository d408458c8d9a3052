"""A client of a cluster under test on python3-qpid-proton, which goes to the next node when its connection is lost.

cluster.py produce|consume NAME QUEUE NOTES USER PASSWORD HOST:PORT...

It works until its standard input ends. What it does and sees is appended to the file NOTES, a line each: the monotonic time in ns, a kind (as
History of the package cluster.history has them), the message as NAME/NUMBER, and for RECEIVED the time before which it was not handed out.
"""
import sys
import threading
import time

from proton import Delivery, Link, Message
from proton.handlers import MessagingHandler
from proton.reactor import ApplicationEvent, Container, EventInjector, ReceiverOption

WINDOW = 50
CREDIT = 20
HEARTBEAT_S = 2
RETRY_S = 0.05
TICK_S = 0.02
SENDS_A_TICK = 8


class SettlesSecond(ReceiverOption):
    """The broker's own settlement then says that an acknowledgement is safe."""

    def apply(self, receiver):
        receiver.rcv_settle_mode = Link.RCV_SECOND


class Client(MessagingHandler):
    """Connects to one node after the other; what it does on a connection is for its subclasses."""

    def __init__(self, name, queue, notes, user, password, nodes):
        super().__init__(prefetch=0, auto_accept=False, auto_settle=True)
        self.name, self.queue, self.user, self.password, self.nodes = name, queue, user, password, nodes
        self.notes = open(notes, "a", buffering=1)
        self.next_node = 0
        self.connection = None
        self.connected_ns = 0
        self.stopped = False

    def note(self, kind, text, *more):
        self.notes.write(" ".join([str(time.monotonic_ns()), kind, text, *more]) + "\n")

    def on_start(self, event):
        self.container = event.container
        injector = EventInjector()
        self.container.selectable(injector)
        threading.Thread(target=self.await_end, args=(injector,), daemon=True).start()
        self.connect()

    @staticmethod
    def await_end(injector):
        sys.stdin.read()
        injector.trigger(ApplicationEvent("stop"))
        injector.close()

    def connect(self):
        node = self.nodes[self.next_node % len(self.nodes)]
        self.next_node += 1
        self.connected_ns = time.monotonic_ns()
        login = {"user": self.user, "password": self.password, "allowed_mechs": "PLAIN", "sasl_enabled": True} if self.user else {}
        self.connection = self.container.connect("amqp://" + node, reconnect=False, heartbeat=HEARTBEAT_S, allow_insecure_mechs=True,
                                                 container_id="%s-%d" % (self.name, self.next_node), **login)
        self.attach()

    def lost(self, event):
        """Once for each connection, whichever of its ends is told first."""
        if self.ended():
            self.finish()
        elif self.connection is not None and event.connection in (None, self.connection):
            self.connection.close()
            self.connection = None
            self.forget()
            self.container.schedule(RETRY_S, self)

    def on_timer_task(self, event):
        if self.connection is None:
            self.connect()

    def on_transport_error(self, event):
        self.lost(event)

    def on_disconnected(self, event):
        self.lost(event)

    def on_connection_error(self, event):
        self.lost(event)

    def on_connection_closed(self, event):
        self.lost(event)

    def on_session_error(self, event):
        self.lost(event)

    def on_link_error(self, event):
        self.lost(event)

    def on_stop(self, event):
        self.stopped = True
        if self.ended():
            self.finish()

    def finish(self):
        self.notes.flush()
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        self.container.stop()


class Tick:
    """Lets a producer send some more every now and then."""

    def __init__(self, producer):
        self.producer = producer

    def on_timer_task(self, event):
        self.producer.tick(self)


class Producer(Client):
    """Has up to WINDOW messages on the way, and sends those again, in order, whose outcome was lost with a connection."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.number = 0
        self.allowed = 0
        self.unsettled = {}

    def on_start(self, event):
        super().on_start(event)
        self.tick(Tick(self))

    def tick(self, again):
        self.allowed = min(WINDOW, self.allowed + SENDS_A_TICK)
        self.send()
        if not self.stopped:
            self.container.schedule(TICK_S, again)

    def attach(self):
        self.sender = self.container.create_sender(self.connection, self.queue)
        self.again = sorted(self.unsettled)

    def forget(self):
        pass

    def ended(self):
        return self.stopped and not self.unsettled

    def on_sendable(self, event):
        self.send()

    def send(self):
        while self.connection is not None and self.sender.credit:
            if self.again:
                number = self.again.pop(0)
            elif not self.stopped and self.allowed and len(self.unsettled) < WINDOW:
                self.allowed -= 1
                self.number += 1
                number = self.number
            else:
                return
            text = "%s/%d" % (self.name, number)
            self.note("SENDING", text)
            delivery = self.sender.send(Message(durable=True, body=text))
            delivery.number = number
            self.unsettled[number] = delivery

    def on_accepted(self, event):
        number = getattr(event.delivery, "number", None)
        if number in self.unsettled:
            del self.unsettled[number]
            self.note("SETTLED", "%s/%d" % (self.name, number))
        if self.ended():
            self.finish()
        else:
            self.send()

    def on_released(self, event):
        self.again.append(event.delivery.number)
        self.again.sort()
        self.send()

    def on_rejected(self, event):
        number = event.delivery.number
        del self.unsettled[number]
        self.note("REFUSED", "%s/%d" % (self.name, number))


class Consumer(Client):
    """Accepts what comes and waits for the broker's settlement of it."""

    def attach(self):
        self.open = {}
        self.receiver = self.container.create_receiver(self.connection, self.queue, options=SettlesSecond())
        self.receiver.flow(CREDIT)

    def forget(self):
        self.open.clear()

    def ended(self):
        return self.stopped and not self.open

    def on_message(self, event):
        if event.connection != self.connection:
            return
        text = event.message.body.split(" ")[0]
        if self.stopped:
            event.delivery.update(Delivery.RELEASED)
            event.delivery.settle()
            return
        self.note("RECEIVED", text, str(self.connected_ns))
        self.note("ACKNOWLEDGING", text)
        self.open[event.delivery] = text
        event.delivery.update(Delivery.ACCEPTED)

    def on_settled(self, event):
        text = self.open.pop(event.delivery, None)
        if text is not None:
            if event.delivery.remote_state == Delivery.ACCEPTED:
                self.note("ACKNOWLEDGED", text)
            event.delivery.settle()
            if not self.stopped:
                self.receiver.flow(1)
        if self.ended():
            self.finish()


if __name__ == "__main__":
    role, client, address, file, login, secret, *servers = sys.argv[1:]
    Container({"produce": Producer, "consume": Consumer}[role](client, address, file, login, secret, servers)).run()
