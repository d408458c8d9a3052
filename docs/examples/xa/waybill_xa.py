"""XA over AMQP 1.0 with python3-qpid-proton alone, as docs/xa-over-amqp.md specifies it."""
import collections
import itertools

from proton import (
    UNDESCRIBED, Array, Data, Described, Disposition, Message, Terminus, int32, symbol, uint, ulong)
from proton.reactor import LinkOption
from proton.utils import BlockingConnection

TMNOFLAGS = 0x0
TMJOIN = 0x200000
TMRESUME = 0x8000000
TMSUCCESS = 0x4000000
TMFAIL = 0x20000000
TMSUSPEND = 0x2000000
TMSTARTRSCAN = 0x1000000
TMENDRSCAN = 0x800000

XA_OK = 0
XA_RDONLY = 3

_TRANSACTIONAL_STATE = 0x34
_ACCEPTED = 0x24


class XaError(Exception):
    """What the broker answered instead of XA_OK or XA_RDONLY."""

    def __init__(self, code, sentence):
        super().__init__("%d: %s" % (code, sentence))
        self.code = code


class StartRefused(Exception):
    """A declare that was rejected."""

    def __init__(self, condition):
        super().__init__("%s: %s" % (condition.name, condition.description))
        self.condition = condition.name


class Xid(collections.namedtuple("Xid", "format_id gtrid bqual")):
    """The id of a branch."""

    def described(self):
        return Described(symbol("waybill:xid:list"), [int32(self.format_id), self.gtrid, self.bqual])

    @classmethod
    def of(cls, described):
        assert described.descriptor == "waybill:xid:list", described
        format_id, gtrid, bqual = described.value
        return cls(format_id, bytes(gtrid), bytes(bqual))


class _Coordinator(LinkOption):
    """Makes the target of a sender the transaction coordinator."""

    def apply(self, link):
        link.target.type = Terminus.COORDINATOR
        link.target.capabilities.put_object(Array(
            UNDESCRIBED,
            Data.SYMBOL,
            symbol("amqp:local-transactions"),
            symbol("amqp:distributed-transactions"),
            symbol("amqp:multi-ssns-per-txn")))

    def test(self, link):
        return link.is_sender


class XaConnection:
    """A connection with the verbs of XA. Sends and receives one message at a time."""

    def __init__(self, url, timeout=20):
        self._connection = BlockingConnection(url, timeout=timeout)
        offered = self._connection.conn.remote_offered_capabilities
        if offered is None or symbol("waybill:xa") not in list(offered):
            raise RuntimeError("the broker at %s does not offer waybill:xa" % url)
        self._coordinator = self._connection.create_sender(None, options=_Coordinator())
        self._replies = self._connection.create_receiver(None, dynamic=True, credit=10)
        self._requests = self._connection.create_sender("$xa")
        self._ids = itertools.count(1)
        self._senders = {}

    # --- verbs

    def request(self, operation, *arguments):
        """Asks $xa, and returns the code, the sentence and the results."""
        number = next(self._ids)
        self._requests.send(Message(
            id=ulong(number),
            reply_to=self._replies.link.remote_source.address,
            properties={"operation": operation},
            body=list(arguments)))
        while True:
            reply = self._replies.receive()
            self._replies.accept()
            if reply.correlation_id == number:
                return reply.properties["xa-code"], reply.properties.get("xa-error"), list(reply.body or [])

    def ask(self, operation, *arguments):
        """As request, but anything but XA_OK and XA_RDONLY is raised."""
        code, sentence, results = self.request(operation, *arguments)
        if code not in (XA_OK, XA_RDONLY):
            raise XaError(code, sentence)
        return code, results

    def declare(self, xid):
        """Starts a branch with nothing but AMQP's own declare, and returns the txn-id."""
        declare = Message(body=Described(symbol("amqp:declare:list"), [xid.described()]))
        delivery = self._coordinator.send(declare, error_states=[])
        if delivery.remote_state == Disposition.REJECTED:
            raise StartRefused(delivery.remote.condition)
        return delivery.remote.data[0]

    def discharge(self, txn_id, fail):
        """What a client would do that knows no XA; returns the condition of the refusal, or None."""
        discharge = Message(body=Described(symbol("amqp:discharge:list"), [txn_id, fail]))
        delivery = self._coordinator.send(discharge, error_states=[])
        return delivery.remote.condition.name if delivery.remote_state == Disposition.REJECTED else None

    def start(self, xid, flags=TMNOFLAGS):
        return self.ask("start", xid.described(), uint(flags))[1][0]

    def end(self, txn_id, flags=TMSUCCESS):
        self.ask("end", txn_id, uint(flags))

    def prepare(self, xid):
        return self.ask("prepare", xid.described())[0]

    def commit(self, xid, one_phase=False):
        self.ask("commit", xid.described(), one_phase)

    def rollback(self, xid):
        self.ask("rollback", xid.described())

    def forget(self, xid):
        self.ask("forget", xid.described())

    def outcome(self, xid):
        return self.ask("outcome", xid.described())[1][0]

    def recover(self, page=100):
        """All that is prepared, page after page."""
        found, flags, cursor = [], TMSTARTRSCAN, None
        while True:
            xids, cursor = self.ask("recover", uint(flags), cursor, uint(page))[1]
            found += [Xid.of(each) for each in xids]
            if cursor is None:
                return found
            flags = TMNOFLAGS

    # --- work

    def send(self, address, body, txn_id=None):
        """Sends a durable message, in a branch if txn_id is given."""
        if address not in self._senders:
            self._senders[address] = self._connection.create_sender(address)
        link = self._senders[address].link
        delivery = link.send(Message(body=body, durable=True))
        if txn_id is not None:
            delivery.local.data = [txn_id]
            delivery.update(_TRANSACTIONAL_STATE)
        self._connection.wait(lambda: delivery.settled, msg="sending to " + address)
        delivery.settle()

    def receive(self, address, txn_id=None, timeout=5):
        """Receives one message and accepts it, in a branch if txn_id is given."""
        receiver = self._connection.create_receiver(address, credit=1)
        try:
            body = receiver.receive(timeout).body
            delivery = receiver.fetcher.unsettled.popleft()
            if txn_id is None:
                delivery.update(Disposition.ACCEPTED)
            else:
                delivery.local.data = [txn_id, Described(ulong(_ACCEPTED), [])]
                delivery.update(_TRANSACTIONAL_STATE)
            delivery.settle()
            return body
        finally:
            receiver.close()

    def close(self):
        self._connection.close()
