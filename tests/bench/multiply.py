#!/usr/bin/python3
"""multiply.py DUMP OBJECTS: a large heap dump out of a small real one.

Writes DUMP (Go 1.4 or later) with its objects again and again, each time at
other addresses and with its pointers moved along, until there are OBJECTS of
them; everything else once, and the memory statistics as they must be then.
"""
import json
import subprocess
import sys


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


class Parser:
    def __init__(self, data):
        self.data, self.pos = data, 16

    def uint(self):
        value = shift = 0
        while True:
            byte = self.data[self.pos]
            self.pos += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def string(self):
        n = self.uint()
        self.pos += n
        return self.data[self.pos - n:self.pos]

    def params(self):
        assert self.uint() == 6 and self.uint() == 0 and self.uint() == 8
        start, end = self.uint(), self.uint()
        self.string(), self.string(), self.uint()
        return start, end

    def skip_types(self):
        while self.data[self.pos] in (3, 8):
            if self.uint() == 3:
                self.uint(), self.uint(), self.string(), self.uint()
            else:
                self.uint(), self.uint()

    def objects(self):
        while self.data[self.pos] == 1:
            self.pos += 1
            address, contents = self.uint(), self.string()
            start, offsets = self.pos, []
            while self.uint() == 1:
                offsets.append(self.uint())
            yield address, contents, offsets, self.data[start:self.pos]


def moved(contents, offsets, heap, delta):
    contents = bytearray(contents)
    for offset in offsets:
        word = int.from_bytes(contents[offset:offset + 8], "little")
        if heap[0] <= word < heap[1]:
            contents[offset:offset + 8] = (word + delta).to_bytes(8, "little")
    return bytes(contents)


def memstats(path, copies):
    """The dump's memstats up to heap_objects as bytes, now and then."""
    stats = json.loads(subprocess.run(
        "gohat-decode --contents=none %s | gohat-memstats -J" % path,
        shell=True, check=True, stdout=subprocess.PIPE).stdout)
    names = ("Alloc TotalAlloc Sys Lookups Mallocs Frees HeapAlloc HeapSys "
             "HeapIdle HeapInuse HeapReleased HeapObjects").split()
    now = b"\n" + b"".join(varint(stats[n]) for n in names)
    stats["HeapAlloc"] *= copies
    stats["HeapObjects"] *= copies
    return now, b"\n" + b"".join(varint(stats[n]) for n in names)


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    data = open(path, "rb").read()
    parser = Parser(data)
    heap = parser.params()
    parser.skip_types()
    start = parser.pos
    objects = list(parser.objects())
    copies = -(-count // len(objects))
    now, then = memstats(path, copies)
    out = sys.stdout.buffer
    out.write(data[:start])
    for copy in range(copies):
        delta = copy * (heap[1] - heap[0])
        for address, contents, offsets, fields in objects:
            out.write(b"\1" + varint(address + delta) + varint(len(contents))
                      + moved(contents, offsets, heap, delta) + fields)
    out.write(data[parser.pos:].replace(now, then, 1))


main()
