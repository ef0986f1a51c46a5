import lymph


class Listen(lymph.Interface):
    @lymph.event('greeted')
    def on_greeted(self, event):
        print('Somebody greeted %s' % event['name'], flush=True)


class Chores(lymph.Interface):
    """Hands work over to workers, and does it when it runs as one."""

    @lymph.rpc()
    def hand_over(self, what):
        self.do.apply(what=what)

    @lymph.task()
    def do(self, what):
        print('Did %s' % what, flush=True)
