#!/usr/bin/python3 -B
# What the dumped programs knew of themselves, in the .truth files, is what
# the dumps say: objects at addresses, their types, text, and who is alive.
import bisect
import json
import os
import re

from tap import SHIPPED, WHOLE, decode, done, ok, rows, run, shipped

# Alive, but Go's dumps do not tell why, or only by a frame's own words.
UNTOLD = {
    'edge-go1.19': {'g2 pp.A'},
    'zoo-go1.4': {'n', 'k0', 'k1'},
    'zoo-go1.5': {'n', 'k0', 'k1'},
    'zoo-go1.6': {'n', 'k0', 'k1'},
    'zoo-go1.7': {'n', 'k0', 'k1'},
    'zoo-go1.8': {'n', 'k0', 'k1'},
    'zoo-go1.24': {'cleanup arg'},
    'zoo-go1.26': {'cleanup arg'},
    'zoo-go1.27-pie': {'cleanup arg'},
    'zoo-go1.27-stripped': {'cleanup arg'},
}
# An interface holds these themselves: its data is what they point to.
POINTERS = 'main.PtrBox', 'main.FuncShape'


def facts(name):
    """Rows of a .truth: those with an address. Their strings are Go's."""
    escapes = (r'\\x([0-9a-f]{2})', r'\\u00\1'), (r'\\a', '\\\\u0007')
    for line in shipped(name + '.truth').splitlines():
        for go, json_ in escapes:
            line = re.sub(go, json_, line)
        fact = json.loads(line)
        fact['at'] = int(fact.get('data') or fact.get('addr') or '0', 16)
        if fact['at'] and fact['kind'] != 'global':
            yield fact


class Heap:
    def __init__(self, records):
        params = records[0]
        self.word = params['pointer_size']
        self.order = 'big' if params['big_endian'] else 'little'
        self.objects = sorted((int(row['address'], 16), row)
                              for row in records if row['record'] == 'object')
        self.starts = [start for start, _ in self.objects]
        self.bounds = [int(params[k], 16) for k in ('heap_start', 'heap_end')]
        self.alive = set()
        self.mark([int(row[member], 16) for row in records
                   for member in self.ROOTS.get(row['record'], ())] +
                  [word for row in records
                   if row['record'] in ('data', 'bss', 'stackframe')
                   for word in self.words(row)])
        for row in records:
            if row['record'] == 'finalizer':
                start, held = self.find(int(row['object'], 16))
                self.mark(self.words(held) if start else ())

    ROOTS = {'otherroot': ['address'], 'goroutine': ['context'],
             'queuedfinalizer': ['object', 'function'],
             'finalizer': ['function'], 'defer': ['function'],
             'panic': ['arg_data']}

    def find(self, address):
        index = bisect.bisect_right(self.starts, address) - 1
        start, row = self.objects[max(index, 0)]
        if start <= address < start + row['size']:
            return start, row
        return None, None

    def words(self, row):
        contents = bytes.fromhex(row['contents'])
        return [int.from_bytes(contents[at:at + self.word], self.order)
                for at in row['pointers']]

    def mark(self, words):
        words = list(words)
        while words:
            start, row = self.find(words.pop())
            if start and start not in self.alive:
                self.alive.add(start)
                words += self.words(row)


def on_heap(fact):
    """In an object: no literal, no variable of the package, not empty."""
    empty = (fact.get('type') == 'main.Empty' or fact.get('cap') == 0 or
             fact['kind'] == 'string' and fact['len'] == 0)
    return fact.get('root') != 'data' and not empty


def check_places(name, heap):
    bad, checked = [], 0
    for fact in facts(name):
        start, row = heap.find(fact['at'])
        if fact['kind'] == 'iface' or not on_heap(fact):
            continue
        size = fact.get('size') or fact.get('cap', 0) * fact.get(
            'elemsize', 0) or (fact['kind'] == 'string' and fact['len']) or 1
        checked += 1
        if not start or fact['at'] + size > start + row['size']:
            bad.append(fact)
        elif fact['kind'] == 'string' and 'mixed' not in fact['value']:
            text = bytes.fromhex(row['contents'])[fact['at'] - start:]
            if text[:fact['len']].decode() != fact['value']:
                bad.append((fact, text))
    ok(checked > 3 and not bad, '%s: %d values lie in objects' %
       (name, checked), *bad)


def check_alive(name, heap):
    bad = [fact for fact in facts(name)
           if 'live' in fact and fact['kind'] != 'iface' and on_heap(fact) and
           fact['name'] not in UNTOLD.get(name, ()) and
           (heap.find(fact['at'])[0] in heap.alive) != fact['live']]
    ok(not bad, name + ': pointers reach what is alive, and nothing else',
       *bad)


def type_and_kind(fact):
    """All that Go 1.3 may say of such a value's memory."""
    kind, of = fact['kind'], fact.get('type', '')
    if kind == 'chan':
        return {of[5:] + ' channel'}
    if of.startswith('map['):
        return {of.replace('map[', 'map.hdr[', 1) + ' regular'}
    if kind == 'slice':  # a literal's is an array of its own
        return {fact['elem'] + ' array', fact['elem'] + ' regular',
                '[%d]%s regular' % (fact['cap'], fact['elem'])}
    return {(of[1:] if kind == 'iface' and of[0] == '*' else of) + ' regular'}


def check_types(name, stream, heap):
    listed = {}
    for row in run('gohat-objects', given=stream)[1].decode().splitlines():
        address, rest = row.split(' ', 1)
        listed[int(address, 16)] = re.sub(r'[\w.]+/', '',
                                          rest.rsplit(' ', 1)[0])
    bad, exact = [], 0
    for fact in facts(name):
        start, row = heap.find(fact['at'])
        want = type_and_kind(fact)
        if (not start or not on_heap(fact) or fact.get('type') in POINTERS or
                fact['kind'] in ('string', 'func')):
            continue
        if fact['at'] == start and listed[start] in want:
            exact += 1
        elif row['pointers'] or listed[start] != '<unknown> regular':
            bad.append((listed[start], fact))
    ok(exact == 92 and not bad, '%s: %d exact types' % (name, exact), *bad)


for name in WHOLE:
    if not os.path.exists(os.path.join(SHIPPED, name + '.truth')):
        continue
    stream = decode(name)
    heap = Heap(rows('gohat-json', stream))
    check_places(name, heap)
    check_alive(name, heap)
    if 'go1.3' in name:
        check_types(name, stream, heap)
done()
