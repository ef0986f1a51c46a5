"""libzmq as a peer with CURVE.

Usage: curve.py server PORT SECRET_KEY ALLOWED_KEY...
       curve.py client PORT SECRET_KEY SERVER_KEY

The server, a ROUTER, returns every message to its sender, and asks an authenticator which keys it
may take. The client, a DEALER, reads numbers from stdin: it sends so many messages, of all sizes,
and awaits them back. Both write JSON lines: ["ready"], ["echoed", NUMBER], and what libzmq notices
of its connections: ["HANDSHAKE_FAILED_AUTH", 400].
"""

import json
import sys
import threading

import zmq
import zmq.auth
import zmq.auth.thread
from zmq.utils.monitor import recv_monitor_message

EVENTS = {
    getattr(zmq, 'EVENT_' + name): name
    for name in (
        'HANDSHAKE_SUCCEEDED',
        'HANDSHAKE_FAILED_AUTH',
        'HANDSHAKE_FAILED_PROTOCOL',
        'HANDSHAKE_FAILED_NO_DETAIL',
        'DISCONNECTED',
    )
}


class Allowed:
    """Credentials provider of the authenticator."""

    def __init__(self, keys):
        self.keys = set(keys)

    def callback(self, domain, key):
        return key.decode() in self.keys


def say(*line):
    sys.stdout.write(json.dumps(line) + '\n')
    sys.stdout.flush()


def socket(context, kind, secret):
    socket = context.socket(kind)
    socket.curve_secretkey = secret.encode()
    socket.curve_publickey = zmq.curve_public(secret.encode())
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.HEARTBEAT_IVL, 50)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 5000)
    socket.setsockopt(zmq.RECONNECT_IVL, 50)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 5000)
    monitor = socket.get_monitor_socket()
    threading.Thread(target=tell_events, args=(monitor,), daemon=True).start()
    return socket


def tell_events(monitor):
    while True:
        event = recv_monitor_message(monitor)
        if event['event'] in EVENTS:
            say(EVENTS[event['event']], event['value'])


def serve(context, port, secret, allowed):
    auth = zmq.auth.thread.ThreadAuthenticator(context)
    auth.start()
    auth.configure_curve_callback(domain='*', credentials_provider=Allowed(allowed))
    server = socket(context, zmq.ROUTER, secret)
    server.curve_server = True
    server.bind('tcp://127.0.0.1:' + port)
    say('ready')
    while True:
        server.send_multipart(server.recv_multipart())


def message(number):
    """Frames of many sizes: none, those around where lengths get longer, and large ones."""
    sizes = (0, 1, 221, 222, 223, 255, 256, 4096, 70000)
    return [str(number).encode()] + [bytes([number % 256]) * sizes[(number + i) % len(sizes)] for i in range(3)]


def call(context, port, secret, server_key):
    client = socket(context, zmq.DEALER, secret)
    client.setsockopt(zmq.IDENTITY, b'libzmq')
    client.curve_serverkey = server_key.encode()
    client.connect('tcp://127.0.0.1:' + port)
    say('ready')
    for line in sys.stdin:
        count = int(line)
        for number in range(count):
            client.send_multipart(message(number))
        for number in range(count):
            received = client.recv_multipart()
            assert received == message(number), [len(frame) for frame in received]
        say('echoed', count)


if __name__ == '__main__':
    role, port, secret, *keys = sys.argv[1:]
    if role == 'server':
        serve(zmq.Context(), port, secret, keys)
    else:
        call(zmq.Context(), port, secret, *keys)
