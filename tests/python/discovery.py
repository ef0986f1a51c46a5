"""Python lymph's own registry, as a peer of ours.

Usage: discovery.py HOST:PORT register NAME JSON   registers as an instance would, and stays
       discovery.py HOST:PORT lookup NAME          prints the instances as JSON
       discovery.py HOST:PORT write PATH TEXT      creates a plain node
"""

import lymph.monkey
lymph.monkey.patch()

import json
import sys

import gevent
from kazoo.client import KazooClient
from kazoo.handlers.gevent import SequentialGeventHandler

from lymph.core.services import Service, ServiceInstance
from lymph.discovery.zookeeper import ZookeeperServiceRegistry


def main(hosts, command, name, *rest):
    client = KazooClient(hosts=hosts, handler=SequentialGeventHandler())
    registry = ZookeeperServiceRegistry(client)
    registry.on_start()
    if command == 'register':
        registry.register(name, ServiceInstance(**json.loads(rest[0])), timeout=10)
        print('registered')
        while True:
            gevent.sleep(1)
    if command == 'lookup':
        service = registry.get(name, timeout=10)
        print(json.dumps([instance.serialize() for instance in service]))
    if command == 'write':
        client.create(name, rest[0].encode(), makepath=True)
    registry.on_stop()


if __name__ == '__main__':
    main(*sys.argv[1:])
