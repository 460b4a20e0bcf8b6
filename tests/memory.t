#!/usr/bin/python3 -B
# Dumps larger than memory, made on the fly: one object of 2 GiB, whole or cut
# by write(2) as Linux does it, millions of small ones. Decoder and views take
# at most 16 MiB each. And what no shipped dump has: big-endian 64-bit words.
import fcntl
import os
import subprocess
import tempfile
import termios
import time

from tap import done, equal, ok, run

MIB = 1 << 20
LIMIT = 16 * MIB
WRITE_MAX = 0x7ffff000  # most that one write(2) moves
HEAP = 0xc000000000
BIN = os.path.join(os.environ['BUILD'], 'bin')
ARGUMENTS = {'gohat-object': ['1']}  # an address that no object has
FINDS_NOTHING = 'gohat-object', 'gohat-memstats'
ZEROS = bytes(MIB)


def uint(*values):
    encoded = bytearray()
    for value in values:
        while value >= 128:
            encoded.append(value & 127 | 128)
            value >>= 7
        encoded.append(value)
    return bytes(encoded)


def begin(word=8, big=False):
    return (b'go1.7 heap dump\n' + uint(6, big, word, HEAP, HEAP << 1) +
            b'\5amd64' + b'\x08go1.19.8' + uint(2))


def small(address, contents=bytes(16), *offsets):
    return (uint(1, address, len(contents)) + contents +
            b''.join(uint(1, offset) for offset in offsets) + b'\0')


def large(size, written, step):
    """An object's record, in pieces; a pointer each `step` bytes, if any."""
    yield uint(1, HEAP, size)
    for left in range(written, 0, -MIB):
        yield ZEROS[:left]
    yield b''.join(uint(1, offset)
                   for offset in range(0, size if step else 0, step or 1))
    yield b'\0'


def one_large(size, written=None, step=0):
    yield begin()
    yield from large(size, size if written is None else written, step)
    yield small(HEAP + size) + b'\0'


def many_small(count):
    yield begin()
    block = b''.join(small(HEAP + 32 * i, bytes(32), 0, 8 * (i % 4))
                     for i in range(50000))
    for _ in range(count // 50000):
        yield block
    yield b'\0'


def many_types(count):
    """Type records, an itab and an object with the last: 1.4 has no end of
    them, we have."""
    yield b'go1.4 heap dump\n' + uint(6, 0, 8, HEAP, HEAP << 1, 54, 0, 2)
    for at in range(0, count, 1000):
        yield b''.join(uint(3, 0x400000 + 8 * (at + i), 8, 3) + b'a.b' +
                       uint(0) for i in range(1000))
    yield small(HEAP) + b'\0'


def is_sanitized():
    with open(os.path.join(BIN, 'gohat-decode'), 'rb') as file:
        return b'__asan_' in file.read()


SANITIZED = is_sanitized()


def peak(pid):
    """Most memory that a program had so far. (That of getrusage(2) begins
    with what its parent had when it started it.)"""
    with open('/proc/%d/status' % pid, encoding='ascii') as file:
        return next((1024 * int(line.split()[1]) for line in file
                     if line.startswith('VmHWM')), 0)


def wait_until_read(file):
    while fcntl.ioctl(file, termios.FIONREAD, bytes(4)) != bytes(4):
        time.sleep(0.001)


def pipe(pieces, view, contents, output=subprocess.DEVNULL):
    """How a decoder and a view of it end: statuses, and peaks of memory."""
    with subprocess.Popen(['gohat-decode', '--contents=' + contents],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as decoder, \
         subprocess.Popen(view, stdin=decoder.stdout, stdout=output,
                          stderr=subprocess.DEVNULL) as viewer:
        programs = decoder, viewer
        decoder.stdout.close()
        try:
            for piece in pieces:
                decoder.stdin.write(piece)
            decoder.stdin.flush()
            wait_until_read(decoder.stdin)
            peaks = [peak(program.pid) for program in programs]
            decoder.stdin.close()
        except BrokenPipeError:
            peaks = [0]  # a program ended too early
        return [program.wait() for program in programs], peaks


def check(name, statuses, peaks, want):
    equal(statuses, want, name)
    if not SANITIZED:
        ok(0 < min(peaks) and max(peaks) <= LIMIT, name + ': memory', peaks)


def test_memory(name, pieces, view, contents='all'):
    check('%s, --contents=%s | %s' % (name, contents, view[0]),
          *pipe(pieces, view, contents),
          [0, 1 if view[0] in FINDS_NOTHING else 0])


def test_lines(name, pieces, size):
    """Two objects are listed, the large one and what is behind it."""
    with tempfile.TemporaryFile() as output:
        statuses, peaks = pipe(pieces, ['gohat-objects'], 'all', output)
        output.seek(0)
        lines = output.read().decode().splitlines()
    check(name + ' | gohat-objects', statuses, peaks, [0, 0])
    equal(lines, ['%016x <unknown> regular %d' % row
                  for row in ((HEAP, size), (HEAP + size, 16))],
          name + ' | gohat-objects: lines')


def test_words(word, big):
    """Pointers of each size and order, as gohat-object shows them."""
    target = 0x1234 << 8 * word - 16 | 0x5678
    contents = bytes(word) + target.to_bytes(word, 'big' if big else 'little')
    given = begin(word, big) + small(HEAP, contents, word) + b'\0'
    stream = run('gohat-decode', given=given)[1]
    shown = run('gohat-object', '%x' % HEAP, given=stream)[1].decode()
    ok('Ptr 0x%016x  [' % word in shown and '] %016x\n' % target in shown,
       'pointers of %d bytes, %s-endian' % (word, 'big' if big else 'little'),
       shown)


def find_views():
    return [[name, *ARGUMENTS.get(name, [])] for name in sorted(os.listdir(BIN))
            if run(name, '--about')[1].startswith(b'view ')]


for size in (4, 8):
    test_words(size, False)
    test_words(size, True)
for each in find_views():
    test_memory('100 MiB', one_large(100 * MIB, step=4096), each)
    test_memory('300000 objects', many_small(300000), each)
equal(pipe(many_types(1000000), ['gohat-objects'], 'all')[0], [1, 1],
      'a million types are refused')
check('as many as may be', *pipe(many_types(65000), ['gohat-objects'], 'all'),
      [0, 0])
if not SANITIZED:
    test_lines('2 GiB', one_large(1 << 31), 1 << 31)
    test_lines('2 GiB with pointers, cut',
               one_large(1 << 31, WRITE_MAX, 4096), 1 << 31)
    test_memory('2.5 GiB, cut', one_large(5 << 29, WRITE_MAX),
                ['gohat-objects'], 'none')
    test_memory('4 million objects', many_small(4000000), ['gohat-objects'])
done()
