"""Prints the `values` of wire/vectors.json as Python lymph writes them today."""

import datetime
import decimal
import json
import uuid

import lymph.monkey
lymph.monkey.patch()

import pytz
from lymph.serializers.base import msgpack_serializer, raw_embed

MOMENT = datetime.datetime(2015, 7, 18, 11, 17, 34)

VALUES = [
    ('nil', None),
    ('true', True),
    ('int', 42),
    ('negative', -7),
    ('i64_max', 2 ** 63 - 1),
    ('u64_max', 2 ** 64 - 1),
    ('float', 1.5),
    ('string', u'Zo\xeb \U0001f980'),
    ('bytes', b'\x00\xff\x10'),
    ('list', [1, 'a', None]),
    ('map', {'a': 1, 'b': [True]}),
    ('empty_map', {}),
    ('set', {3}),
    ('datetime_naive', MOMENT.replace(microsecond=646000)),
    ('datetime_utc', MOMENT.replace(tzinfo=pytz.utc)),
    ('datetime_offset', MOMENT.replace(tzinfo=pytz.FixedOffset(330))),
    ('date', MOMENT.date()),
    ('time', MOMENT.time()),
    ('decimal', decimal.Decimal('12.3400')),
    ('uuid', uuid.UUID('12345678-1234-5678-1234-567812345678')),
    ('nested_types', {
        'at': MOMENT.date(),
        'ids': [uuid.UUID(int=1)],
        'price': decimal.Decimal('1E+3'),
    }),
    ('embedded_msgpack', raw_embed(msgpack_serializer.dumps({'k': 1}))),
]


def vector(name, value):
    packed = msgpack_serializer.dumps(value)
    return {'name': name, 'python': repr(value), 'msgpack_hex': packed.hex()}


if __name__ == '__main__':
    print(json.dumps([vector(*pair) for pair in VALUES], indent=2))
