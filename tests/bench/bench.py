#!/usr/bin/python3
"""bench.py DUMP...: pipes on large dumps, against cat DUMP | cat >/dev/null.

Everything is a ratio within one run: each round times all pipes once, one
behind the other, and the medians over the rounds are compared. With one of
two cores busy, cat | cat gets faster and our pipes slower: rounds in which
other programs took more than a little of the machine do not count.
"""
import os
import statistics
import subprocess
import sys
import time

PIPES = [
    ("cat | cat", "cat {dump} | cat >/dev/null"),
    ("decode | objects", "gohat-decode {dump} | gohat-objects >/dev/null"),
    ("decode none | objects",
     "gohat-decode --contents=none {dump} | gohat-objects >/dev/null"),
    ("decode pointers | objects",
     "gohat-decode --contents=pointers {dump} | gohat-objects >/dev/null"),
    ("decode | strings", "gohat-decode {dump} | gohat-strings >/dev/null"),
    ("decode | json", "gohat-decode {dump} | gohat-json >/dev/null"),
]
ROUNDS, TRIES, BUSY = 11, 33, 0.10


def cpu_seconds():
    """CPU time that all programs took since boot."""
    fields = open("/proc/stat").readline().split()[1:8]
    busy = sum(map(int, fields)) - int(fields[3]) - int(fields[4])
    return busy / os.sysconf("SC_CLK_TCK")


def own_seconds():
    times = os.times()
    return sum(times[:4])


def round_of(dump):
    """Wall seconds of each pipe, and the share of a core others took."""
    walls = []
    start, cpu, own = time.monotonic(), cpu_seconds(), own_seconds()
    for _, pipe in PIPES[:4]:
        begin = time.monotonic()
        subprocess.run(pipe.format(dump=dump), shell=True, check=True)
        walls.append(time.monotonic() - begin)
    elapsed = time.monotonic() - start
    others = cpu_seconds() - cpu - (own_seconds() - own)
    return walls, max(0, others) / elapsed


def once(dump, pipe):
    begin = time.monotonic()
    subprocess.run(pipe.format(dump=dump), shell=True, check=True)
    return time.monotonic() - begin


def objects_in(dump):
    listing = subprocess.run(
        "gohat-decode --contents=none %s | gohat-objects | wc -l" % dump,
        shell=True, check=True, stdout=subprocess.PIPE)
    return int(listing.stdout)


def report(name, wall, cat, objects):
    print("%-28s %8.3f s %7.2f x %8.1f ns/object" %
          (name, wall, wall / cat, wall * 1e9 / objects))


def bench(dump):
    objects = objects_in(dump)
    print("%s: %d objects, %d MB, %d cores" %
          (os.path.basename(dump), objects, os.path.getsize(dump) / 1e6,
           os.cpu_count()))
    good, bad = [], 0
    while len(good) < ROUNDS and len(good) + bad < TRIES:
        walls, others = round_of(dump)
        if others < BUSY:
            good.append(walls)
        else:
            bad += 1
    print("two cores idle: %s (%d rounds, %d more disturbed by others)" %
          ("yes" if len(good) == ROUNDS else "NO, do not trust this",
           len(good), bad))
    if not good:
        return
    medians = [statistics.median(column) for column in zip(*good)]
    for (name, _), wall in zip(PIPES, medians):
        report(name, wall, medians[0], objects)
    for name, pipe in PIPES[4:]:
        report(name + " (once)", once(dump, pipe), medians[0], objects)


for path in sys.argv[1:]:
    bench(path)
