#!/usr/bin/python3 -B
# Every shipped dump has the records, parameters and statistics that an
# independent reader wrote into its .summary.
import ast
import collections
import re

from tap import DUMPS, WHOLE, decode, done, dump, equal, ok, rows, run, shipped

STACK = 32768  # of a thread, Go 1.3: counted as an object, not dumped
MEMSTATS = {  # our names and Go's, where they are not the summary's
    'nlookup': ('lookups', 'Lookups'),
    'nmalloc': ('mallocs', 'Mallocs'),
    'nfree': ('frees', 'Frees'),
    'stacks_inuse': ('stack_inuse', 'StackInuse'),
    'stacks_sys': ('stack_sys', 'StackSys'),
    'numgc': ('num_gc', 'NumGC'),
    'mspan_inuse': ('mspan_inuse', 'MSpanInuse'),
    'mspan_sys': ('mspan_sys', 'MSpanSys'),
    'mcache_inuse': ('mcache_inuse', 'MCacheInuse'),
    'mcache_sys': ('mcache_sys', 'MCacheSys'),
    'buckhash_sys': ('buckhash_sys', 'BuckHashSys'),
    'gc_sys': ('gc_sys', 'GCSys'),
    'next_gc': ('next_gc', 'NextGC'),
    'last_gc': ('last_gc', 'LastGC'),
    'pause_total_ns': ('pause_total_ns', 'PauseTotalNs'),
}


def go_name(name):
    return ''.join(part.capitalize() for part in name.split('_'))


def numbers(text):
    return {key: int(value)
            for key, value in re.findall(r'(\w+)=(\d+)', text)}


def line(summary, start):
    return re.search('^%s(.*)$' % re.escape(start), summary, re.M).group(1)


def check_counts(name, summary, records, end):
    got = collections.Counter(record['record'] for record in records)
    want = numbers(line(summary, 'records:'))
    want['end'] = want.pop('eof')
    equal(got.pop('object') + end['dropped'], want.pop('object'),
          name + ': objects, and slots that are none')
    got.pop('typeaddress', None)
    equal(dict(got), want, name + ': records of other kinds')


def check_params(name, summary, stream):
    want = ast.literal_eval(
        re.match(r'.*?({.*?})', line(summary, 'params:')).group(1))
    got, = rows('gohat-params', stream)
    architecture = got['architecture']
    equal([got['big_endian'], got['pointer_size'],
           got.get('channel_header_size'), int(got['heap_start'], 16),
           int(got['heap_end'], 16),
           got.get('architecture_code', architecture),
           got['runtime'] or '', got['experiment'], got['cpus']],
          [bool(want['bigendian']), want['ptrsize'], want.get('hchansize'),
           want['arena_start'], want['arena_end'], want['arch'],
           want['experiment_or_version'], '', want['ncpu']],
          name + ': parameters')
    if isinstance(want['arch'], int):
        equal(architecture, {54: 'amd64', 56: '386'}[want['arch']],
              name + ': architecture')


def check_memstats(name, summary, stream, records):
    want = numbers(line(summary, 'memstats:'))
    text = run('gohat-memstats', given=stream)[1].decode()
    shown, = rows('gohat-memstats', stream)
    record, = [r for r in records if r['record'] == 'memstats']
    printed = dict(re.findall(r'^(\w+): (\d+)$', text, re.M))
    for key, value in want.items():
        ours, gos = MEMSTATS.get(key, (key, go_name(key)))
        equal((record[ours], shown[gos], int(printed[gos])), (value,) * 3,
              '%s: %s' % (name, gos))
    equal(len(printed), len(want), name + ': nothing else')
    ok(record['pause_ns'] == shown['PauseNs'] and
       '[%s]' % ' '.join(map(str, shown['PauseNs'])) in text,
       name + ': pauses')


def check_objects(name, summary, stream, end):
    stats = numbers(line(summary, 'memstats:'))
    listed = run('gohat-objects', given=stream)[1].splitlines()
    size = sum(int(row.rsplit(None, 1)[1]) for row in listed)
    missing = stats['heap_objects'] - len(listed)
    equal(end['object_bytes'], size, name + ': object bytes')
    missed = stats['heap_alloc'] - size
    if 'go1.3' in name:
        ok(0 < missed <= missing * STACK and missed % (STACK // 2) == 0,
           name + ': what is missing to HeapObjects is stacks',
           missing, missed)
    else:
        equal((missing, missed), (0, 0),
              name + ': objects are HeapObjects, their bytes HeapAlloc')


def check_goroutines(name, summary, records):
    got, frames = [], {}
    for record in records:
        if record['record'] == 'goroutine':
            frames[record['address']] = functions = []
            got.append((record['address'], record['id'], record['status'],
                        record['system'], record['background'],
                        record['wait_since'], record['wait_reason'],
                        functions))
        elif record['record'] == 'stackframe':
            frames[record['goroutine']].append(record['function'])
    shape = re.compile(r"^  g (\w+) id (\d+) status (\d+)\(\w+\) sys (\d) "
                       r"bg (\d) waitsince (\d+) reason '(.*)' "
                       r"frames (\d+): (.*)$", re.M)
    want = shape.findall(summary)
    equal([(g[0], str(g[1]), str(g[2]), str(int(g[3])), str(int(g[4])),
            str(g[5]), g[6], str(len(g[7])), ' < '.join(g[7][:7]))
           for g in got], want, name + ': goroutines and their frames')


def check_roots(name, summary, records):
    want = [row[:3] for row in ast.literal_eval(line(summary, 'segments: '))]
    equal([(r['record'], r['address'], len(r['contents']) // 2)
           for r in records if r['record'] in ('data', 'bss')], want,
          name + ': segments')
    profile = [r for r in records if r['record'] == 'memprof']
    want = re.match(r'(\d+) \(stack frames (\d+), allocs (\d+), frees (\d+)\)',
                    line(summary, 'memprof buckets '))
    equal((len(profile), sum(len(r['stack']) for r in profile),
           sum(r['allocs'] for r in profile),
           sum(r['frees'] for r in profile)),
          tuple(map(int, want.groups())), name + ': memory profile')


for name in WHOLE:
    summary = shipped(name + '.summary')
    stream = decode(name)
    records = rows('gohat-json', stream)
    end = records[-1]
    equal((end['complete'], end['reason']), (True, None), name + ': whole')
    check_counts(name, summary, records, end)
    check_params(name, summary, stream)
    check_memstats(name, summary, stream, records)
    check_objects(name, summary, stream, end)
    check_goroutines(name, summary, records)
    check_roots(name, summary, records)

for name in set(DUMPS) - set(WHOLE):
    want = ast.literal_eval(re.search('{.*}', shipped(name + '.summary'))
                            .group(0))
    status, stream, message = run('gohat-decode', dump(name))
    equal(status, 1, name + ': exit status')
    ok('broken at byte 265799: ' in message, name + ': message', message)
    status, text, message = run('gohat-json', given=stream)
    equal(status, 1, name + ': exit status of a view')
    ok('265799' in message, name + ': its message', message)
    records = rows('gohat-json', stream)
    equal([records[-1]['complete'], records[-1]['offset']], [False, 265799],
          name + ': the end record')
    got = collections.Counter(r['record'] for r in records[:-1])
    got['object'] += records[-1]['dropped']
    got.pop('typeaddress', None)
    want['stackframe'] -= 1  # the one that is cut was counted
    equal(dict(got), want, name + ': records up to the cut')
done()
