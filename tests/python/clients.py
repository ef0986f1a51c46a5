"""Many concurrent callers in one process, for tests of load and of faults.

Each of the clients calls a method again and again with text that nobody else sends, and looks
whether the answer is the one to that text, for a number of calls or until SIGTERM. At the end one line
of JSON tells how many answers of each kind there were. Lines on stderr say how it goes: `started`
when the first right answer came, `1000 right` with each thousand, and `back` when there is one again
after there was nobody to ask.
"""

import lymph.monkey
lymph.monkey.patch()

import argparse
import collections
import json
import signal
import sys
import time

import gevent

from lymph.cli.main import setup_config
from lymph.client import Client
from lymph.core import trace
from lymph.core.versioning import parse_versioned_name
from lymph.exceptions import LookupFailure, Nack, NotConnected, RemoteError, Timeout
from lymph.utils.logging import setup_logging

FAILURES = [
    (Timeout, 'timeout'),
    (Nack, 'nack'),
    (NotConnected, 'not_connected'),
    (LookupFailure, 'not_found'),
    (RemoteError, 'error'),
]


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('subject', help='INTERFACE.METHOD, with @VERSION if need be')
    parser.add_argument('param', help='name of the only parameter, which takes text')
    parser.add_argument('--expect', default='{0}', metavar='FORMAT',
                        help='the right answer: {0} is the text, {1} the text in upper case')
    parser.add_argument('--clients', type=int, default=10)
    parser.add_argument('--calls', type=int, default=None, help='of each client; without, until SIGTERM')
    parser.add_argument('--pause', type=float, default=0, help='seconds between two calls')
    parser.add_argument('--timeout', type=float, default=10, help='seconds for one call')
    return parser.parse_args()


def say(text):
    sys.stderr.write(text + '\n')
    sys.stderr.flush()


class Clients(object):
    def __init__(self, args, client):
        self.args = args
        self.client = client
        self.subject, self.version = parse_versioned_name(args.subject)
        self.interface = self.subject.rsplit('.', 1)[0]
        self.counts = collections.Counter()
        self.wrong_answers = []
        self.stopped = False
        self.nobody_there = False

    def connect(self):
        """Reaches every instance once, because lymph loses what is sent while it connects."""
        try:
            instances = list(self.client.container.lookup(self.interface))
        except LookupFailure:
            return
        server = self.client.container.server
        for instance in instances:
            for attempt in range(5):
                try:
                    server.ping(instance.endpoint).get(timeout=0.5)
                    break
                except Timeout:
                    pass

    def call(self, text):
        trace.set_id()
        reply = self.client.request(self.interface, self.subject, {self.args.param: text},
                                    timeout=self.args.timeout, version=self.version)
        expected = self.args.expect.format(text, text.upper())
        if reply.body == expected:
            return 'right'
        self.wrong_answers.append({'expected': expected, 'got': repr(reply.body)})
        return 'wrong'

    def outcome(self, text):
        try:
            return self.call(text)
        except Exception as e:
            for cls, kind in FAILURES:
                if isinstance(e, cls):
                    return kind
            raise

    def note(self, kind):
        self.counts[kind] += 1
        if kind == 'not_connected':
            self.nobody_there = True
        if kind != 'right':
            return
        if self.counts['right'] == 1:
            say('started')
        if self.counts['right'] % 1000 == 0:
            say('%d right' % self.counts['right'])
        if self.nobody_there:
            self.nobody_there = False
            say('back')

    def run_one(self, number):
        count = 0
        while count != self.args.calls and not self.stopped:
            self.note(self.outcome('client-%s-call-%s' % (number, count)))
            count += 1
            # A call that fails at once must not keep the others from running.
            gevent.sleep(self.args.pause)

    def stop(self):
        self.stopped = True

    def run(self):
        gevent.signal_handler(signal.SIGTERM, self.stop)
        self.connect()
        start = time.monotonic()
        running = [gevent.spawn(self.run_one, number) for number in range(self.args.clients)]
        gevent.joinall(running, raise_error=True)
        result = {kind: self.counts[kind] for kind in ['right', 'wrong'] + [k for _, k in FAILURES]}
        result['calls'] = sum(self.counts.values())
        result['seconds'] = round(time.monotonic() - start, 3)
        result['wrong_answers'] = self.wrong_answers[:10]
        return result


def main():
    args = parse_args()
    config = setup_config({})
    setup_logging(config, 'WARNING', None)
    clients = Clients(args, Client.from_config(config))
    print(json.dumps(clients.run(), sort_keys=True))


if __name__ == '__main__':
    main()
