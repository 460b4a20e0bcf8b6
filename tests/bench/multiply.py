#!/usr/bin/python3 -B
"""multiply.py DUMP OBJECTS: a large heap dump out of a small real one.

Writes DUMP (Go 1.4 or later) with its objects again and again, each time at
other addresses and with its pointers moved along, until there are OBJECTS of
them; everything else once, and the memory statistics as they must be then.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from heapdump import Reader, varint  # noqa: E402


def record(address, contents, fields):
    """An object's, as the runtime writes it."""
    return (b"\1" + varint(address) + varint(len(contents)) + contents +
            b"".join(varint(kind) + varint(offset) for kind, offset in fields)
            + b"\0")


def moved(contents, fields, heap, delta):
    contents = bytearray(contents)
    for _, offset in fields:
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
    with open(path, "rb") as file:
        data = file.read()
    reader = Reader(data)
    assert (reader.format, reader.word, reader.order) == (7, 8, "little")
    heap = reader.heap
    objects = [(slot.address, data[slot.start:slot.start + slot.size],
                slot.fields) for slot in reader.slots]
    everything = b"".join(record(*each) for each in objects)
    start = data.index(everything)
    copies = -(-count // len(objects))
    now, then = memstats(path, copies)
    out = sys.stdout.buffer
    out.write(data[:start])
    for copy in range(copies):
        delta = copy * (heap[1] - heap[0])
        for address, contents, fields in objects:
            out.write(record(address + delta,
                             moved(contents, fields, heap, delta), fields))
    out.write(data[start + len(everything):].replace(now, then, 1))


main()
