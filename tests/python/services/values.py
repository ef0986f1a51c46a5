import datetime
import decimal
import uuid

import lymph
import pytz
from lymph.utils import Undefined

SAMPLES = {
    'nil': None,
    'true': True,
    'int': 42,
    'u64_max': 2 ** 64 - 1,
    'i64_min': -2 ** 63,
    'float': 1.5,
    'string': u'Zo\xeb \U0001f980',
    'bytes': b'\x00\xff\x10',
    'list': [1, 'a', None],
    'map': {'a': 1, 'b': [True]},
    'set': {3},
    'datetime_naive': datetime.datetime(2015, 7, 18, 11, 17, 34),
    'datetime_offset': datetime.datetime(2015, 7, 18, 11, 17, 34, tzinfo=pytz.FixedOffset(330)),
    'date': datetime.date(2015, 7, 18),
    'time': datetime.time(11, 17, 34),
    'decimal': decimal.Decimal('12.3400'),
    'uuid': uuid.UUID('12345678-1234-5678-1234-567812345678'),
    'undefined': Undefined,
}


class Values(lymph.Interface):
    @lymph.rpc()
    def echo_any(self, value):
        """Returns whatever it is given, read and written again by Python."""
        return value

    @lymph.rpc()
    def describe(self, value):
        """Returns what Python read: the name of the type and the representation."""
        return {'type': type(value).__name__, 'repr': repr(value)}

    @lymph.rpc()
    def sample(self, name):
        """Returns one of the known values."""
        return SAMPLES[name]

    @lymph.rpc()
    def samples(self):
        """Returns all known values by name."""
        return SAMPLES
