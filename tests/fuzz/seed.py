#!/usr/bin/python3 -B
"""Make the seeds of the fuzz targets: small dumps that are cut out of real ones.

usage: tests/fuzz/seed.py DUMP SEED

A seed has the dump's header and parameters, and of each kind of record the
first few that are short, with the types that they name; of objects some of
each sort that a reader tells apart: size, pointers, malloc header, kind. Real
bytes, but for data and bss, cut to 200 bytes, and the lost names of Go 1.5,
cut from megabytes to 64 bytes. The streams in testdata/fuzz/stream are what gohat-decode makes of
them. All of them, from the dumps in build/testdata:

    for f in edge-go1.19 zoo-go1.3 zoo-go1.3-386 zoo-go1.4 zoo-go1.5 zoo-go1.8 \\
             zoo-go1.19-mips zoo-go1.22 zoo-go1.26 truncated-crash-go1.26; do
        tests/fuzz/seed.py build/testdata/$f.dump testdata/fuzz/dump/$f
        gohat-decode testdata/fuzz/dump/$f >testdata/fuzz/stream/$f
    done
    for m in pointers none; do
        gohat-decode -c $m testdata/fuzz/dump/zoo-go1.22 \\
            >testdata/fuzz/stream/zoo-go1.22-$m
    done
"""
import os
import sys
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from heapdump import varint  # noqa: E402

EOF, OBJECT, OTHERROOT, TYPE, GOROUTINE, STACKFRAME, PARAMS = range(7)
ITAB, OSTHREAD, MEMSTATS, QUEUEDFINALIZER, DATA, BSS = range(8, 14)
DEFER, PANIC, MEMPROF, ALLOCSAMPLE = range(14, 18)
INTEGERS = {GOROUTINE: 13, 7: 5, OSTHREAD: 3, MEMSTATS: 281,
            QUEUEDFINALIZER: 5, DEFER: 7, PANIC: 6, ALLOCSAMPLE: 2}
# Bytes that the records of one kind may take in a seed.
BUDGET = {OBJECT: 3000, STACKFRAME: 900, TYPE: 700, ITAB: 400, MEMPROF: 400,
          DATA: 500, BSS: 500}


class Dump:
    def __init__(self, data):
        self.data = data
        self.pos = 16
        self.format = int(chr(data[4]))

    def uint(self):
        value = shift = 0
        while True:
            byte = self.data[self.pos]
            self.pos += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def uints(self, n):
        return [self.uint() for _ in range(n)]

    def bytes(self):
        n = self.uint()
        self.pos += n
        return self.data[self.pos - n:self.pos]

    def fields(self):
        fields = []
        while kind := self.uint():
            fields.append((kind, self.uint()))
        return fields

    def params(self):
        self.uints(5 if self.format == 3 else 4)
        if self.format >= 7:
            self.bytes()
        else:
            self.uint()
        self.bytes()
        self.uint()

    def type(self):
        """Returns address, and whether the name is lost: then this is at it."""
        address, _ = self.uints(2)
        at = self.pos
        if self.format == 5 and self.uint() > 256 * 1024:
            return address, True
        self.pos = at
        self.bytes()
        self.uint()
        if self.format == 3:
            self.fields()
        return address, False

    def resync(self, address):
        """Go over a lost name, and return 64 bytes of it."""
        start = self.pos
        mark = varint(address)
        while True:
            end = self.data.index(mark, self.pos)
            for n in range(3, 13):
                self.pos = end - n
                if self.data[self.pos] < 2 and self.data[self.pos + 1] == ITAB:
                    flag, _, _ = self.uints(3)
                    if self.pos == end:
                        self.pos = end - n + 1
                        return self.data[start:start + 64] + bytes([flag])
            self.pos = end + 1

    def segment(self, kind):
        """A segment behind its kind, cut to 200 bytes."""
        address, contents = self.uint(), self.bytes()[:200]
        fields = [f for f in self.fields() if f[1] < len(contents)]
        return (bytes([kind]) + varint(address) + varint(len(contents)) +
                contents + b"".join(varint(x) for f in fields for x in f) +
                b"\0")

    def skip(self, kind):
        """Go over a record behind its kind; what tells it from others."""
        if kind == OBJECT:
            address = self.uint()
            types, sort = [], ()
            if self.format == 3:
                types, sort = [self.uint()], (self.uint(),)
            n = len(self.bytes())
            fields = [] if self.format == 3 else self.fields()
            return types, (n, len(fields) > 0, address & 0x1fff > 8000) + sort
        if kind == OTHERROOT:
            self.bytes()
            self.uint()
        elif kind == STACKFRAME:
            self.uints(3)
            self.bytes()
            self.uints(3)
            self.bytes()
            self.fields()
        elif kind == ITAB:
            _, address = self.uints(2)
            return ([] if self.format == 3 else [address]), ()
        elif kind == MEMPROF:
            _, _, depth = self.uints(3)
            for _ in range(depth):
                self.bytes()
                self.bytes()
                self.uint()
            self.uints(2)
        elif kind == GOROUTINE:
            self.uints(8)
            self.bytes()
            self.uints(4)
        else:
            self.uints(INTEGERS[kind])
        return [], ()


def records(dump):
    """Yields kind, address (of a type), types named, sort, bytes."""
    while True:
        start = dump.pos
        try:
            kind = dump.uint()
            if kind == EOF:
                yield kind, 0, [], (), dump.data[start:]
                return
            if kind == TYPE:
                address, lost = dump.type()
                record = dump.data[start:dump.pos]
                if lost:
                    record += dump.resync(address)
                yield kind, address, [], (lost,), record
            elif kind in (DATA, BSS):
                yield kind, 0, [], (), dump.segment(kind)
            else:
                types, sort = dump.skip(kind)
                yield kind, 0, types, sort, dump.data[start:dump.pos]
        except IndexError:
            yield -1, 0, [], (), dump.data[start:][:100]
            return


def choose(dump):
    """The records of a seed, in their order."""
    spent, seen, known, chosen = Counter(), Counter(), {}, set()
    for kind, address, types, sort, record in records(dump):
        if kind == TYPE:
            known[address] = record
            lost = sort[0]
            # The itab behind it is what a reader finds it by.
            if lost:
                chosen.add(address)
                yield record
            continue
        needed = [t for t in types if t in known and t not in chosen]
        wanted = {t for t in types if t in chosen}
        size = len(record) + sum(len(known[t]) for t in needed)
        seen[kind, sort] += 1
        if kind > EOF and kind != MEMSTATS:
            if kind == ITAB and wanted and spent["lost"] < 2:
                spent["lost"] += 1
            elif (seen[kind, sort] > (1 if kind == OBJECT else 4) or
                    spent[kind] + size > BUDGET.get(kind, 300)):
                continue
        spent[kind] += size
        for t in needed:
            chosen.add(t)
            yield known[t]
        yield record


def main():
    source, seed = sys.argv[1:]
    with open(source, "rb") as f:
        dump = Dump(f.read())
    assert dump.uint() == PARAMS
    dump.params()
    with open(seed, "wb") as f:
        f.write(dump.data[:dump.pos] + b"".join(choose(dump)))


main()
