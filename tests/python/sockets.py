"""One socket of libzmq that asks or answers.

Usage: sockets.py TYPE bind|connect ENDPOINT PEER

A socket that connects sends 100 messages `[ask, N]` and wants each of them answered by `[answer, N]`;
one that is bound answers so. Each pauses once for longer than its heartbeats may take to be
answered. PEER is the identity of a bound ROUTER to which another ROUTER connects.

Each line on stdout is of JSON: first the endpoint, when it is bound; at the end `messages`, how many
it received, `identity` and `lymph`, which are what the peer said of itself in its handshake.
"""

import json
import sys
import time

import zmq

MANY = 100

# In which a heartbeat is answered on a busy machine, too.
ANSWERED_MILLIS = 2000


def main(kind, way, endpoint, peer):
    context = zmq.Context()
    socket = context.socket(getattr(zmq, kind))
    socket.setsockopt(zmq.HEARTBEAT_IVL, 20)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, ANSWERED_MILLIS)
    socket.setsockopt(zmq.RCVTIMEO, 100000)
    socket.setsockopt(zmq.IDENTITY, b'python')
    # Before a REQ's question and a REP's answer libzmq puts an empty frame itself.
    if kind == 'ROUTER':
        socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
    if way == 'bind':
        socket.bind(endpoint)
        print(json.dumps(socket.getsockopt(zmq.LAST_ENDPOINT).decode().rstrip('\0')), flush=True)
        said = answer(socket, kind)
    else:
        socket.connect(endpoint)
        said = ask(socket, kind, peer.encode())
    print(json.dumps(said), flush=True)
    context.destroy(linger=5000)


def receive(socket, kind):
    frames = socket.recv_multipart(copy=False)
    said = {}
    for key, name in (('identity', 'Identity'), ('lymph', 'X-Lymph')):
        try:
            said[key] = frames[0].get(name)
        except (zmq.ZMQError, KeyError):
            said[key] = None
    return [bytes(frame) for frame in frames], said


def ask(socket, kind, peer):
    # Before the messages themselves: to whom they go, or that nothing comes before.
    head = {'ROUTER': [peer], 'DEALER': [], 'REQ': []}[kind]
    said = {}
    for number in range(MANY):
        question = head + [b'ask', b'%d' % number]
        while True:
            try:
                socket.send_multipart(question)
                break
            except zmq.ZMQError as error:
                if error.errno != zmq.EHOSTUNREACH:
                    raise
        frames, said = receive(socket, kind)
        if frames != head + [b'answer', b'%d' % number]:
            raise AssertionError('%r came for %d' % (frames, number))
        if number == MANY // 2:
            time.sleep(1.5 * ANSWERED_MILLIS / 1000)
    return dict(said, messages=MANY)


def answer(socket, kind):
    for number in range(MANY):
        frames, said = receive(socket, kind)
        frames[frames.index(b'ask')] = b'answer'
        socket.send_multipart(frames)
        if number == MANY // 2:
            time.sleep(1.5 * ANSWERED_MILLIS / 1000)
    return dict(said, messages=MANY)


if __name__ == '__main__':
    main(*sys.argv[1:])
