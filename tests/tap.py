"""TAP for the Python tests, and the way to dumps and programs."""
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, '..', 'testdata')
DUMPS = sorted(name[:-8] for name in os.listdir(SHIPPED)
               if name.endswith('.dump.xz'))
WHOLE = [name for name in DUMPS if not name.startswith('truncated')]
count = 0
# What a sanitizer finds is no exit status of ours.
os.environ['ASAN_OPTIONS'] = 'exitcode=99:' + os.environ.get(
    'ASAN_OPTIONS', '')
os.environ['UBSAN_OPTIONS'] = 'exitcode=99'


def ok(good, name, *details):
    global count
    count += 1
    print('%s %d - %s' % ('ok' if good else 'not ok', count, name))
    for detail in details if not good else ():
        print('#', str(detail)[:2000])


def equal(got, want, name):
    ok(got == want, name, 'got  %r' % (got,), 'want %r' % (want,))


def done():
    print('1..%d' % count)


def dump(name):
    return os.path.join(os.environ['TESTDATA'], name + '.dump')


def shipped(name):
    with open(os.path.join(SHIPPED, name), encoding='utf-8') as file:
        return file.read()


def run(*command, given=b''):
    """Exit status, output and messages of a program."""
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def decode(name, *options):
    return run('gohat-decode', *options, dump(name))[1]


def rows(program, stream):
    """What a view prints with --json, read."""
    return [json.loads(line)
            for line in run(program, '--json', given=stream)[1].splitlines()]
