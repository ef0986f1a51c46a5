"""Python lymph's own registry, as a peer of ours.

HOST:PORT may follow USER:PASSWORD@, as credentials for ZooKeeper.

Usage: discovery.py HOST:PORT register NAME JSON   registers as an instance would, and stays
       discovery.py HOST:PORT lookup NAME          prints the instances as JSON
       discovery.py HOST:PORT write PATH TEXT      creates a plain node
       discovery.py HOST:PORT acls PATH            prints the ACLs from the chroot to the node
       discovery.py HOST:PORT owner PATH           prints the session that created the node
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
    credentials, _, hosts = hosts.rpartition('@')
    # As YAML has them: a list of lists.
    auth_data = [['digest', credentials]] if credentials else None
    client = KazooClient(hosts=hosts, handler=SequentialGeventHandler(), auth_data=auth_data)
    registry = ZookeeperServiceRegistry(client)
    registry.on_start()
    if command == 'register':
        registry.register(name, ServiceInstance(**json.loads(rest[0])), timeout=60)
        print('registered')
        while True:
            gevent.sleep(1)
    if command == 'lookup':
        service = registry.get(name, timeout=60)
        print(json.dumps([instance.serialize() for instance in service]))
    if command == 'write':
        client.create(name, rest[0].encode(), makepath=True)
    if command == 'acls':
        parts = name.split('/')
        paths = ['/'.join(parts[:count]) or '/' for count in range(1, len(parts) + 1)]
        acls = [acl for path in paths for acl in client.get_acls(path)[0]]
        print(json.dumps(['%s %s %s' % (acl.id.scheme, acl.id.id, acl.perms) for acl in acls]))
    if command == 'owner':
        print(client.get(name)[1].ephemeralOwner)
    registry.on_stop()


if __name__ == '__main__':
    main(*sys.argv[1:])
