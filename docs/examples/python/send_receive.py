"""Sends a durable message to a queue and receives it: needs python3-qpid-proton."""
import sys

from proton import Message
from proton.utils import BlockingConnection

url = sys.argv[1] if len(sys.argv) > 1 else "amqp://127.0.0.1:5672"
connection = BlockingConnection(url, timeout=10)
connection.create_sender("orders").send(Message(body="hello from Python", durable=True))
receiver = connection.create_receiver("orders")
print(receiver.receive(timeout=10).body)
receiver.accept()
connection.close()
