"""One of the clients of the interoperability table: python3-qpid-proton, driven with a JSON request a line on standard input.

A request is {"op": "send" | "receive", "port": N, "address": A, "messages": [...] | "count": N}; its answer is one line of JSON.
A value is {"t": type, "v": value} with every number as text or as the hexadecimal form of its bits, so that no digit is lost; long texts and
binaries are given by a recipe and answered by length and digest. The same form is spoken by peer.js and by the Java side.
"""
import hashlib
import json
import struct
import sys
import uuid

import proton
from proton import (Array, Data, Described, Message, byte, char, decimal32, decimal64, decimal128, float32, int32, short,
                    symbol, timestamp, ubyte, uint, ulong, ushort)
from proton.utils import BlockingConnection

SHORT = 256
INTEGERS = {"ubyte": ubyte, "ushort": ushort, "uint": uint, "ulong": ulong, "byte": byte, "short": short, "int": int32, "long": int}
NAMES = {ubyte: "ubyte", ushort: "ushort", uint: "uint", ulong: "ulong", byte: "byte", short: "short", int32: "int", int: "long",
         timestamp: "timestamp"}
ARRAY_TYPES = {"int": Data.INT, "symbol": Data.SYMBOL, "string": Data.STRING, "uuid": Data.UUID}
PROPERTIES = {"message-id": "id", "user-id": "user_id", "subject": "subject", "reply-to": "reply_to", "correlation-id": "correlation_id",
              "content-type": "content_type", "content-encoding": "content_encoding", "group-id": "group_id",
              "group-sequence": "group_sequence", "reply-to-group-id": "reply_to_group_id"}
PROPERTY_TYPES = {"group-id": "string", "reply-to-group-id": "string", "subject": "string", "reply-to": "string", "content-type": "symbol", "content-encoding": "symbol",
                  "group-sequence": "uint"}
TIMES = {"absolute-expiry-time": "expiry_time", "creation-time": "creation_time"}


def generated(seed, length):
    """Bytes that depend on their place, the same in all three languages."""
    out = bytearray()
    block = 0
    while len(out) < length:
        out += hashlib.sha256(("%s:%d" % (seed, block)).encode()).digest()
        block += 1
    return bytes(out[:length])


def parse(node):
    """The proton value that a node stands for."""
    kind, value = node["t"], node.get("v")
    if "gen" in node:
        data = generated(node["gen"], node["len"])
        return data if kind == "binary" else data.hex()
    if kind in INTEGERS:
        return INTEGERS[kind](int(value))
    simple = {
        "null": lambda: None,
        "boolean": lambda: value,
        "float": lambda: float32(struct.unpack(">f", bytes.fromhex(value))[0]),
        "double": lambda: struct.unpack(">d", bytes.fromhex(value))[0],
        "decimal32": lambda: decimal32(int(value, 16)),
        "decimal64": lambda: decimal64(int(value, 16)),
        "decimal128": lambda: decimal128(bytes.fromhex(value)),
        "char": lambda: char(chr(int(value))),
        "timestamp": lambda: timestamp(int(value)),
        "uuid": lambda: uuid.UUID(value),
        "binary": lambda: bytes.fromhex(value),
        "string": lambda: value,
        "symbol": lambda: symbol(value),
        "list": lambda: [parse(item) for item in value],
        "map": lambda: {parse(key): parse(item) for key, item in value},
        "array": lambda: Array(proton.UNDESCRIBED, ARRAY_TYPES[node["of"]], *[parse(item) for item in value]),
        "described": lambda: Described(parse(node["d"]), parse(value)),
    }
    return simple[kind]()


def view(value):
    """The node that stands for a proton value."""
    kind = type(value)
    if value is None:
        return {"t": "null"}
    if kind is bool:
        return {"t": "boolean", "v": value}
    if kind in NAMES:
        return {"t": NAMES[kind], "v": str(int(value))}
    if kind is float32:
        return {"t": "float", "v": struct.pack(">f", value).hex()}
    if kind is float:
        return {"t": "double", "v": struct.pack(">d", value).hex()}
    if kind is decimal32:
        return {"t": "decimal32", "v": "%08x" % value}
    if kind is decimal64:
        return {"t": "decimal64", "v": "%016x" % value}
    if kind is decimal128:
        return {"t": "decimal128", "v": bytes(value).hex()}
    if kind is char:
        return {"t": "char", "v": str(ord(value))}
    if kind is uuid.UUID:
        return {"t": "uuid", "v": str(value)}
    if kind is symbol:
        return {"t": "symbol", "v": str(value)}
    if kind is str:
        return text(value)
    if kind in (bytes, memoryview, bytearray):
        return binary(bytes(value))
    if kind is Array:
        name = [name for name, code in ARRAY_TYPES.items() if code == value.type][0]
        return {"t": "array", "of": name, "v": [view(item) for item in value.elements]}
    if kind is Described:
        return {"t": "described", "d": view(value.descriptor), "v": view(value.value)}
    if isinstance(value, list):
        return {"t": "list", "v": [view(item) for item in value]}
    if isinstance(value, dict):
        return {"t": "map", "v": [[view(key), view(item)] for key, item in value.items()]}
    raise TypeError("no node for %r" % kind)


def text(value):
    encoded = value.encode("utf-8")
    if len(encoded) > SHORT:
        return {"t": "string", "len": len(encoded), "sha256": hashlib.sha256(encoded).hexdigest()}
    return {"t": "string", "v": value}


def binary(value):
    if len(value) > SHORT:
        return {"t": "binary", "len": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return {"t": "binary", "v": value.hex()}


def bare(encoded):
    """The digest of what follows header and annotations in an encoded message."""
    at = 0
    while at + 3 < len(encoded) and encoded[at] == 0 and encoded[at + 1] == 0x53 and encoded[at + 2] in (0x70, 0x71, 0x72):
        code = encoded[at + 3]
        if code == 0x45:
            at += 4
        elif code in (0xc0, 0xc1):
            at += 5 + encoded[at + 4]
        else:
            at += 8 + struct.unpack_from(">I", encoded, at + 4)[0]
    return hashlib.sha256(encoded[at:]).hexdigest()


def message_of(node):
    message = Message()
    message.durable = node["durable"]
    if "priority" in node:
        message.priority = node["priority"]
    for key, value in node.get("properties", {}).items():
        if key in TIMES:
            setattr(message, TIMES[key], int(value["v"]) / 1000)
        else:
            setattr(message, PROPERTIES[key], parse(value))
    if "annotations" in node:
        message.annotations = {symbol(key): parse(value) for key, value in node["annotations"].items()}
    if "app" in node:
        message.properties = {key: parse(value) for key, value in node["app"].items()}
    body = node["body"]
    message.inferred = body["section"] != "value"
    message.body = parse(body["v"])
    return message


def node_of(message):
    properties = {}
    for key, attribute in PROPERTIES.items():
        value = getattr(message, attribute)
        if value not in (None, "", b"", "None") and not (key == "group-sequence" and value == 0):
            # an id that is a ulong comes out as a plain int
            kind = "ulong" if type(value) is int and key.endswith("-id") else PROPERTY_TYPES.get(key)
            properties[key] = {"t": kind, "v": str(value)} if kind else view(value)
    for key, attribute in TIMES.items():
        value = getattr(message, attribute)
        if value:
            properties[key] = {"t": "timestamp", "v": str(round(value * 1000))}
    section = "value"
    if message.inferred:
        section = "sequence" if isinstance(message.body, list) else "data"
    return {"durable": message.durable, "priority": message.priority, "properties": properties,
            "annotations": {str(key): view(value) for key, value in (message.annotations or {}).items()},
            "app": {str(key): view(value) for key, value in (message.properties or {}).items()},
            "body": {"section": section, "v": view(message.body)}, "bare": message.bare}


class SeenMessage(Message):
    """A message that remembers the digest of the bytes it was decoded from."""

    def decode(self, data):
        super().decode(data)
        self.bare = bare(bytes(data))


proton._handlers.Message = SeenMessage


def send(connection, request):
    sender = connection.create_sender(request["address"])
    digests = []
    for node in request["messages"]:
        message = message_of(node)
        digests.append(bare(message.encode()))
        sender.send(message, timeout=60)
    sender.close()
    return {"ok": True, "bare": digests}


def receive(connection, request):
    receiver = connection.create_receiver(request["address"], credit=10)
    nodes = []
    for _ in range(request["count"]):
        nodes.append(node_of(receiver.receive(timeout=60)))
        receiver.accept()
    receiver.close()
    return {"ok": True, "messages": nodes}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            connection = BlockingConnection("amqp://127.0.0.1:%d" % request["port"], timeout=60, allowed_mechs="ANONYMOUS")
            try:
                answer = (send if request["op"] == "send" else receive)(connection, request)
            finally:
                connection.close()
        except Exception as failure:
            answer = {"ok": False, "error": "%s: %s" % (type(failure).__name__, failure)}
        print(json.dumps(answer), flush=True)


main()
