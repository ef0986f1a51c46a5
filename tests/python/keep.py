"""Writes something durable to a server, or looks whether it is still there.

Usage: keep.py zookeeper|rabbitmq write|read HOST:PORT
"""

import sys

import kazoo.client
import kombu

TEXT = 'kept'


def zookeeper(action, address):
    client = kazoo.client.KazooClient(hosts=address)
    client.start(timeout=60)
    try:
        if action == 'write':
            client.create('/kept', TEXT.encode())
        return client.get('/kept')[0].decode()
    finally:
        client.stop()


def rabbitmq(action, address):
    queue = kombu.Queue('kept', kombu.Exchange('kept', 'direct', durable=True), 'kept', durable=True)
    with kombu.Connection('amqp://guest:guest@%s//' % address, confirm_publish=True) as connection:
        bound = queue(connection.default_channel)
        if action == 'write':
            bound.declare()
            connection.Producer().publish(TEXT, exchange=queue.exchange, routing_key='kept',
                                          delivery_mode='persistent')
            return TEXT
        message = bound.get()
        # Not acknowledged: closing the channel puts it back.
        return message.payload if message else None


if __name__ == '__main__':
    server, action, address = sys.argv[1:]
    print({'zookeeper': zookeeper, 'rabbitmq': rabbitmq}[server](action, address))
