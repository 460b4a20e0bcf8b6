#!/usr/bin/python3 -B
# gohat-stream(5) is true: its grammar fits every item of every stream, its
# members are those of gohat-json, and its reader and its filter work.
import io
import json
import os

from cbor2 import CBORDecoder

from cddl import Grammar
from tap import DUMPS, HERE, decode, done, equal, ok, rows, run

with open(os.path.join(HERE, '../man/gohat-stream.5'), encoding='utf-8') as f:
    PAGE = f.read()


def blocks(start):
    """The displays in the page that start so."""
    texts = [text[:text.index('.Ed\n')]
             for text in PAGE.split('.Bd -literal\n')[1:]]
    return [text for text in texts if text.startswith(start)]


GRAMMAR = Grammar(*blocks('gohat-stream = '))
READER, FILTER = blocks('#!/usr/bin/python3')


def items_of(stream):
    file = io.BytesIO(stream)
    while file.tell() < len(stream):
        yield CBORDecoder(file).decode()


def alike(ours, theirs):
    """Whether a member is what gohat-json shows, where they can be alike."""
    if isinstance(theirs, str) and theirs.startswith('0x'):
        return ours == int(theirs, 16)
    return isinstance(theirs, (str, list)) or ours == theirs


def wrong(item, row):
    found = GRAMMAR.record(item)
    if not found:
        return 'no rule for it'
    name, members = found
    if row.pop('record') != {'header': 'params'}.get(name, name):
        return 'a %s to the grammar' % name
    if list(row) != list(members):
        return 'members %s' % list(members)
    bad = [key for key in row if not alike(members[key], row[key])]
    return 'other values of %s' % bad if bad else None


for dump in DUMPS:
    stream = decode(dump)
    items = list(items_of(stream))
    lines = run('gohat-json', given=stream)[1].splitlines()
    equal(len(items), len(lines), dump + ': as many items as lines')
    bad = [(wrong(item, json.loads(line)), line)
           for item, line in zip(items, lines)]
    bad = [each for each in bad if each[0]]
    ok(stream.startswith(b'\xd9\xd9\xf7') and not bad,
       dump + ': each as the grammar has it', *bad[:2])

end = items[-1]
ok(GRAMMAR.record(end + ['more']), 'members may follow the last one')
ok(not GRAMMAR.record(end[:-1]), 'none may be missing')
ok(not GRAMMAR.record(end[:2] + [-1] + end[3:]), 'nor be of another type')
ok(GRAMMAR.record([63, 'x']) and not GRAMMAR.record([64]), 'kinds end at 63')

ok(GRAMMAR.record([18, 65536, 0]) and not GRAMMAR.record([18, 65537, 0]),
   'ids at 65536')

for dump in 'zoo-go1.3', 'zoo-go1.22':
    stream = decode(dump)
    status, out, err = run('/usr/bin/python3', '-c', READER, given=stream)
    equal((status, err), (0, ''), dump + ': the reader runs')
    equal(out.decode().splitlines(),
          ['%d %s' % (row['size'], row['type'] or '<unknown>')
           for row in rows('gohat-objects', stream)],
          'it prints the size and the type of each object')
cut = run('/usr/bin/python3', '-c', READER, given=stream[:-9])
ok(cut[0] == 1 and 'EOF' in cut[2], 'without an end record it fails', cut)
cut = run('/usr/bin/python3', '-c', READER,
          given=decode('truncated-crash-go1.26'))
equal((cut[0], len(cut[1].splitlines()), cut[2]),
      (1, 852, 'the dump is incomplete\n'), 'so for a dump cut off, and prints')

for options in ((), ('--contents=pointers',), ('--contents=none',)):
    stream = decode('zoo-go1.22', *options)
    status, large, err = run('/usr/bin/python3', '-c', FILTER, given=stream)
    equal((status, err), (0, ''), 'the filter runs: %s' % (options,))
    equal(rows('gohat-objects', large),
          [row for row in rows('gohat-objects', stream) if row['size'] >= 1024],
          'it keeps large objects')
    equal(run('gohat-objects', given=large)[2], '', 'in a whole stream')

everything = FILTER.replace('< 1024', '< 0').replace(
    '= counts,', '= counts[:len(record[4])],')
same = run('/usr/bin/python3', '-c', everything, given=decode('zoo-go1.22'))
ok(same[1] == decode('zoo-go1.22'), 'what drops nothing gives the same bytes')
cut = run('/usr/bin/python3', '-c', FILTER, given=decode('zoo-go1.22')[:-9])
ok(cut[0] == 1 and run('gohat-objects', given=cut[1])[0] == 1,
   'a stream cut off stays one')
done()
