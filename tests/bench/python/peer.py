"""Python lymph 0.15 as a subject: `peer.py serve`, and `peer.py call` with the words that the others take.

Both ends stand on lymph's own container, with a registry that is told where the server is.
"""

import lymph.monkey
lymph.monkey.patch()

import argparse
import json
import os
import time

import gevent

import lymph
from lymph.client import Client
from lymph.config import Configuration
from lymph.core.container import create_container

# The same for every subject; see payload.rs.
ORDER = {
    'id': 7340112845,
    'customer': 99120447,
    'reference': '2026-11-000417-B',
    'name': 'Johanna Weidenfeller-\u00d8sterg\u00e5rd',
    'email': 'johanna.weidenfeller@post.example',
    'street': 'Am Alten G\u00fcterbahnhof 17, Hinterhaus, 3. Stock links',
    'town': 'Frankfurt an der Oder',
    'country': 'DE',
    'postcode': '15230',
    'phone': '+49 335 5550 1234',
    'notes': 'Please ring at the gate, the bell of the house is broken. ' * 9 + 'Leave nothing in the stairs.',
    'currency': 'EUR',
    'total_cents': 21870,
    'tax_cents': 3492,
    'weight_grams': 5300,
    'discount': 0.075,
    'paid': True,
    'express': False,
    'tags': ['gift', 'returning', 'newsletter', 'autumn'],
    'lines': [
        {'article': 100412, 'title': 'Kettle, enamelled, blue, 2 litres, with a lid and a wooden handle',
         'count': 1, 'price_cents': 6490},
        {'article': 100977, 'title': 'Tea, black, first flush, 250 g, in a tin', 'count': 4, 'price_cents': 1845},
        {'article': 203118, 'title': 'Cups, porcelain, set of six, each with its saucer',
         'count': 2, 'price_cents': 4000},
    ],
}

SIZES = {'small': 64, 'blob': 64 << 10}


class Bench(lymph.Interface):
    @lymph.rpc()
    def echo(self, data):
        """Returns the data."""
        return data

    @lymph.rpc()
    def store(self, order):
        """Returns the order."""
        return order


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    commands.add_parser('serve')
    call = commands.add_parser('call')
    call.add_argument('subject')
    call.add_argument('address')
    call.add_argument('server', type=int)
    call.add_argument('--payload', choices=['small', 'order', 'blob'], required=True)
    for number in ['--in-flight', '--warm-up-millis', '--sample-millis']:
        call.add_argument(number, type=int, required=True)
    return parser.parse_args()


def config():
    return Configuration({
        'container': {
            'ip': '127.0.0.1',
            'registry': {'class': 'lymph.discovery.static:StaticServiceRegistry'},
            'events': {'class': 'lymph.events.null:NullEventSystem'},
        },
    })


def serve():
    container = create_container(config())
    container.install_interface(Bench, name='bench')
    container.start()
    print(container.server.endpoint.split('//', 1)[1], os.getpid(), flush=True)
    container.join()


class Caller(object):
    def __init__(self, args):
        self.client = Client.from_config(config())
        container = self.client.container
        endpoint = 'tcp://' + args.address
        container.service_registry.hub.registry['bench'] = [{'id': 'server', 'endpoint': endpoint}]
        if args.payload == 'order':
            self.method, self.body = 'bench.store', {'order': ORDER}
        else:
            data = bytes(index % 251 | 1 for index in range(SIZES[args.payload]))
            self.method, self.body = 'bench.echo', {'data': data}
        # Lymph drops what it sends while it connects.
        for attempt in range(20):
            try:
                container.server.ping(endpoint).get(timeout=0.5)
                break
            except lymph.exceptions.Timeout:
                pass
        self.measuring = self.stopped = False
        self.took = []

    def run(self):
        began = time.perf_counter()
        while not self.stopped:
            reply = self.client.request('bench', self.method, self.body, timeout=10)
            ended = time.perf_counter()
            assert reply.body is not None
            if self.measuring:
                self.took.append(ended - began)
            began = ended


def cpu_micros(pid):
    """Microseconds that all threads had a processor for, and waited for one."""
    used = waited = 0
    for task in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/schedstat' % (pid, task)) as stat:
            numbers = stat.read().split()
        used += int(numbers[0])
        waited += int(numbers[1])
    return used / 1000.0, waited / 1000.0


def peak_kib(pid):
    with open('/proc/%d/status' % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM:'))


def call(args):
    caller = Caller(args)
    callers = [gevent.spawn(caller.run) for _ in range(args.in_flight)]
    gevent.sleep(args.warm_up_millis / 1000.0)
    own = os.getpid()
    before = cpu_micros(own) + cpu_micros(args.server)
    began = time.perf_counter()
    caller.measuring = True
    gevent.sleep(args.sample_millis / 1000.0)
    caller.measuring = False
    seconds = time.perf_counter() - began
    after = cpu_micros(own) + cpu_micros(args.server)
    client, client_waited, server, server_waited = [b - a for a, b in zip(before, after)]
    caller.stopped = True
    gevent.joinall(callers, raise_error=True)
    took = sorted(caller.took)
    count = len(took)

    def micros(quantile):
        return took[min(count - 1, int(count * quantile))] * 1e6

    print(json.dumps({
        'calls_per_second': count / seconds,
        'p50_micros': micros(0.5),
        'p99_micros': micros(0.99),
        'p999_micros': micros(0.999),
        'client_micros': client / count,
        'server_micros': server / count,
        'waited': (client_waited + server_waited) / 2 / (seconds * 1e6),
        'client_kib': peak_kib(own),
        'server_kib': peak_kib(args.server),
    }), flush=True)
    # Nothing is left to be done, and lymph's own end waits for its sockets.
    os._exit(0)


def main():
    args = parse_args()
    if args.command == 'serve':
        serve()
    else:
        call(args)


if __name__ == '__main__':
    main()
