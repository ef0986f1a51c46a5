import gevent
import lymph


class Greeting(lymph.Interface):
    @lymph.rpc(raises=(ValueError,))
    def greet(self, name):
        """Returns a greeting for the given name and tells everybody about it."""
        if not name:
            raise ValueError('name is empty')
        self.emit('greeted', {'name': name})
        return u'Hi, %s!' % name

    @lymph.rpc()
    def slow(self, seconds):
        """Answers after the given time."""
        gevent.sleep(seconds)
        return seconds

    @lymph.rpc()
    def fail(self):
        """Fails in a way that it does not declare."""
        raise RuntimeError('nobody expects this')
