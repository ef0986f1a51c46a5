"""A peer with the two sockets that Python lymph has, and nothing else of it.

Usage: router.py PORT

One line of JSON on stdin is one message to send: [peer, id, type, subject]; `null` ends it. Each
message received is a line of JSON on stdout, [source, id, type, subject], after a first one with
the endpoint; a request is answered with REP.
"""

import json
import sys
import threading

import msgpack
import zmq

HEADERS = msgpack.packb({'trace_id': 'abc'})
BODY = msgpack.packb(None)


def main(port):
    context = zmq.Context()
    endpoint = 'tcp://127.0.0.1:%s' % port
    received = context.socket(zmq.ROUTER)
    received.setsockopt(zmq.IDENTITY, endpoint.encode())
    received.bind(endpoint)
    sending = context.socket(zmq.ROUTER)
    sending.setsockopt(zmq.IDENTITY, endpoint.encode())
    # Without this a ROUTER drops what it has no connection for yet; lymph sleeps 20 ms instead.
    sending.setsockopt(zmq.ROUTER_MANDATORY, 1)
    lines = context.socket(zmq.PULL)
    lines.bind('inproc://lines')
    threading.Thread(target=read_lines, args=(context,), daemon=True).start()
    print(json.dumps([endpoint]), flush=True)

    connected = set()

    def send(peer, *frames):
        if peer not in connected:
            sending.connect(peer)
            connected.add(peer)
        while True:
            try:
                sending.send_multipart([peer.encode()] + [f.encode() for f in frames] + [HEADERS, BODY])
                return
            except zmq.ZMQError as error:
                if error.errno != zmq.EHOSTUNREACH:
                    raise

    poller = zmq.Poller()
    poller.register(received, zmq.POLLIN)
    poller.register(lines, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll():
            if socket is lines:
                line = json.loads(lines.recv())
                if line is None:
                    context.destroy(linger=5000)
                    return
                send(*line)
            else:
                source, id, kind, subject, headers, body = [bytes(f) for f in received.recv_multipart()]
                frames = [f.decode() for f in (source, id, kind, subject)]
                print(json.dumps(frames), flush=True)
                if kind == b'REQ':
                    send(source.decode(), 'reply-to-' + id.decode(), 'REP', id.decode())


def read_lines(context):
    lines = context.socket(zmq.PUSH)
    lines.connect('inproc://lines')
    for line in sys.stdin:
        lines.send_string(line)


if __name__ == '__main__':
    main(*sys.argv[1:])
