#!/usr/bin/python3 -B
# Damaged dumps, through the real programs: whatever is cut off or flips, each
# ends in time, with 0, or with 1 and a message. tests/unit/prefixes.c does it
# for every byte, in one process.
import os
import subprocess

from tap import SHIPPED, done, dump, ok, run

HANGS = 20  # seconds, where a second should do: machines are busy, too
BIN = os.path.join(os.environ['BUILD'], 'bin')
SEEDS = ('edge-go1.19', 'zoo-go1.3', 'zoo-go1.5', 'zoo-go1.22')
ARGUMENTS = {'gohat-object': ['1']}


def find_views():
    programs = sorted(os.listdir(BIN))
    return [[name, *ARGUMENTS.get(name, [])] for name in programs
            if run(name, '--about')[1].startswith(b'view ')]


def survives(command, given):
    """What is wrong with how it ends, or None; and its output."""
    try:
        program = subprocess.run(command, input=given, capture_output=True,
                                 timeout=HANGS, check=False)
    except subprocess.TimeoutExpired:
        return 'hangs', b''
    messages = program.stderr.decode(errors='replace')
    wrong = None
    if program.returncode not in (0, 1):
        wrong = 'status %d: %s' % (program.returncode, messages)
    elif program.returncode == 1 and command[0] + ': ' not in messages:
        wrong = 'no message, but %r' % messages
    elif any(c < ' ' and c != '\n' for c in messages):
        wrong = 'message %r' % messages
    return wrong and '%s: %s' % (command[0], wrong), program.stdout


def survive(given):
    """The same, of a decoder and all views."""
    wrong, stream = survives(['gohat-decode'], given)
    return [w for w in [wrong, *(survives(view, stream)[0] for view in VIEWS)]
            if w]


def test_prefixes(name, data):
    bad = []
    for size in range(0, len(data), len(data) // 17):
        bad += ['%d bytes: %s' % (size, w) for w in survive(data[:size])]
    ok(not bad, name + ': prefixes', *bad)


def test_flips(name, data):
    bad = []
    for n, at in enumerate(range(0, len(data), len(data) // 23)):
        for byte in (data[at] ^ 1 << n % 8, 0xff * (n % 2)):
            flipped = data[:at] + bytes([byte]) + data[at + 1:]
            bad += ['byte %d as %d: %s' % (at, byte, w)
                    for w in survive(flipped)]
    ok(not bad, name + ': flips', *bad)


def test_stream_prefixes(name, data):
    stream = run('gohat-decode', given=data)[1]
    bad = []
    for size in range(0, len(stream), len(stream) // 17):
        for view in VIEWS:
            wrong, _ = survives(view, stream[:size])
            bad += ['%d bytes: %s' % (size, wrong)] if wrong else []
    ok(not bad, name + ': prefixes of its stream', *bad)


def test_killed(view):
    """The decoder is killed while it waits for more of the dump."""
    with open(dump('zoo-go1.22'), 'rb') as file:
        half = file.read(4000000)
    with subprocess.Popen(['gohat-decode'], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as decoder, \
         subprocess.Popen(view, stdin=decoder.stdout,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as viewer:
        decoder.stdout.close()
        try:
            decoder.stdin.write(half)
            decoder.stdin.flush()
        except BrokenPipeError:
            pass
        decoder.kill()
        try:
            messages = viewer.communicate(timeout=HANGS)[1].decode()
        except subprocess.TimeoutExpired:
            viewer.kill()
            messages = 'hangs'
        decoder.stdin.close()
    ok('the stream is incomplete' in messages and viewer.returncode == 1,
       view[0] + ': says that the decoder was killed',
       viewer.returncode, messages)


VIEWS = find_views()
ok(len(VIEWS) >= 6, 'finds the views', VIEWS)
for seed in SEEDS:
    with open(os.path.join(SHIPPED, 'fuzz/dump', seed), 'rb') as opened:
        contents = opened.read()
    test_prefixes(seed, contents)
    test_flips(seed, contents)
    test_stream_prefixes(seed, contents)
for each in VIEWS:
    test_killed(each)
done()
