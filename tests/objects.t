#!/usr/bin/python3 -B
# Objects, their types, contents and pointers are what a second reader of the
# dumps finds: of typed and untyped dumps, both word sizes and byte orders,
# with slots that are no objects and with malloc headers.
from heapdump import Object, Reader
from tap import decode, done, dump, equal, ok, rows

for name in ('edge-go1.8', 'load-small-go1.3', 'zoo-go1.3', 'zoo-go1.3-386',
             'zoo-go1.4', 'zoo-go1.5', 'zoo-go1.19-386', 'zoo-go1.19-mips',
             'zoo-go1.22', 'zoo-go1.26', 'zoo-go1.27-pie'):
    with open(dump(name), 'rb') as file:
        want = list(Reader(file.read()).objects())
    records = rows('gohat-json', decode(name))
    types = {row['id']: int(row['address'], 16) for row in records
             if row['record'] in ('type', 'typeaddress')}
    got = [Object(int(row['address'], 16), row['size'],
                  types.get(row['type'], 0), row['kind'], row['pointers'],
                  bytes.fromhex(row['contents']))
           for row in records if row['record'] == 'object']
    equal(len(got), len(want), name + ': objects')
    bad = [pair for pair in zip(got, want) if pair[0] != pair[1]]
    ok(not bad, name + ': each as it was written', *bad[:3])
    ok(any(row.offsets for row in got), name + ': with pointers')
done()
