"""Lets lymph 0.15, written for Python 2.7 to 3.5, run on today's Python and libraries.

A `.pth` file of the virtual environment imports this before anything else. Libraries are patched
when somebody imports them, so that other programs of the environment start as quickly as before.
"""

import collections
import collections.abc
import functools
import importlib.abc
import importlib.metadata
import importlib.util
import inspect
import sys
import time
import types


def patch_standard_library():
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))

    if not hasattr(inspect, 'getargspec'):
        inspect.ArgSpec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')
        inspect.getargspec = lambda func: inspect.ArgSpec(*inspect.getfullargspec(func)[:4])


def pkg_resources():
    """The three functions that lymph uses of a package that is slow to import, where it exists."""

    def iter_entry_points(group, name=None):
        found = importlib.metadata.entry_points(group=group)
        return iter([entry for entry in found if name in (None, entry.name)])

    def load_entry_point(dist, group, name):
        return next(iter_entry_points(group, name)).load()

    module = types.ModuleType('pkg_resources')
    module.iter_entry_points = iter_entry_points
    module.load_entry_point = load_entry_point
    # The installed `lymph-….pth` makes the namespace already.
    module.declare_namespace = lambda name: None
    return module


def patch_yaml(yaml):
    load = yaml.load
    # `Loader` became mandatory; lymph reads plain data only.
    yaml.load = lambda stream, Loader=yaml.SafeLoader: load(stream, Loader=Loader)


def patch_msgpack(msgpack):
    def unpacking(unpack):
        @functools.wraps(unpack)
        def wrapper(packed, encoding=None, **options):
            if encoding is not None:
                options.setdefault('raw', False)
            options.setdefault('strict_map_key', False)
            return unpack(packed, **options)
        return wrapper

    def packing(pack):
        @functools.wraps(pack)
        def wrapper(*args, **options):
            # Text and bytes share one type unless the caller says otherwise, as before 1.0. Only
            # metrics, which hold no bytes, are packed this way.
            options.setdefault('use_bin_type', False)
            return pack(*args, **options)
        return wrapper

    msgpack.load = unpacking(msgpack.load)
    msgpack.loads = unpacking(msgpack.loads)
    msgpack.dump = packing(msgpack.dump)
    msgpack.dumps = packing(msgpack.dumps)


def patch_gevent(gevent):
    import gevent.signal

    class CallableModule(types.ModuleType):
        """`gevent.signal` was a function; it is a module of the same name now."""

        def __call__(self, signalnum, handler, *args, **kwargs):
            return gevent.signal_handler(signalnum, handler, *args, **kwargs)

    gevent.signal.__class__ = CallableModule


def patch_kombu_pools(pools):
    # As many as kombu 3 allowed. Each event that is being emitted takes one, and with today's ten
    # a busy service fails its requests.
    pools.set_limit(200)


def patch_tail(tail):
    # On Python 3 it looks up text by bytes, and fails at the first line.
    def __next__(self):
        topic, endpoint, line = [frame.decode('utf-8') for frame in self._sock.recv_multipart()]
        return self.Entry(topic, self._instances[endpoint], line)

    tail.RemoteTail.__next__ = tail.RemoteTail.next = __next__


# How long a message may wait for its connection, which takes a few milliseconds on an idle machine.
CONNECT_SECONDS = 10


def patch_rpc(rpc):
    # It sends 20 ms after it began to connect, and its socket drops what has no connection yet: on a
    # busy machine, first requests and first answers would be lost. Only what still has none in the end is.
    server = rpc.ZmqRPCServer
    bind, connect, send_message = server._bind, server.connect, server._send_message

    def _bind(self, *args, **kwargs):
        bind(self, *args, **kwargs)
        self.send_sock.setsockopt(rpc.zmq.ROUTER_MANDATORY, 1)

    def _send_message(self, endpoint, msg):
        until = time.monotonic() + CONNECT_SECONDS
        while time.monotonic() < until:
            try:
                return send_message(self, endpoint, msg)
            except rpc.zmq.ZMQError as error:
                if error.errno != rpc.zmq.EHOSTUNREACH:
                    raise
            rpc.gevent.sleep(0.01)

    def connect_until_done(self, endpoint):
        # Those 20 ms are enough for the peer to be taken away again, by the registry. Where its last answer
        # was what we connected for, the loop that reads everybody's messages would end by that.
        while True:
            try:
                return connect(self, endpoint)
            except KeyError:
                pass

    server._bind, server.connect, server._send_message = _bind, connect_until_done, _send_message


# How long ZooKeeper may take for an answer.
REGISTRY_SECONDS = 60


def patch_registry(zookeeper):
    # It gives up after a second, which a busy machine may well take.
    registry = zookeeper.ZookeeperServiceRegistry
    for method in registry.on_start, registry.lookup, registry.register, registry.unregister:
        # `timeout` is the first of each that may be left out.
        method.__defaults__ = (REGISTRY_SECONDS,) + method.__defaults__[1:]


class PatchingFinder(importlib.abc.MetaPathFinder):
    """Finds modules as ever, and patches the ones it knows once they are loaded."""

    patches = {
        'gevent': patch_gevent,
        'kombu.pools': patch_kombu_pools,
        'lymph.cli.tail': patch_tail,
        'lymph.core.rpc': patch_rpc,
        'lymph.discovery.zookeeper': patch_registry,
        'msgpack': patch_msgpack,
        'yaml': patch_yaml,
    }

    def find_spec(self, name, path=None, target=None):
        # Taken out first, so that the inner search goes past us.
        patch = self.patches.pop(name, None)
        spec = patch and importlib.util.find_spec(name)
        if not spec:
            return None
        exec_module = spec.loader.exec_module

        def exec_and_patch(module):
            exec_module(module)
            patch(module)

        spec.loader.exec_module = exec_and_patch
        return spec


patch_standard_library()
sys.modules['pkg_resources'] = pkg_resources()
sys.meta_path.insert(0, PatchingFinder())
