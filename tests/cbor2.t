#!/usr/bin/python3 -B
# The record stream, by another CBOR library: its encoding is deterministic,
# every value is what gohat-json reads, contents modes leave out what they
# say, and readers take from cbor2 what gohat-stream(5) allows.
import io
import json

from cbor2 import CBORDecoder, dumps

from tap import DUMPS, decode, done, equal, ok, run

CHUNK = 65536
OBJECT, STACKFRAME, DATA, BSS = 1, 5, 12, 13
MEMORY = {OBJECT: (5, 6), STACKFRAME: (5, 10), DATA: (2, 3), BSS: (2, 3)}
NAMES = {'kind': ['regular', 'array', 'channel', 'conservatively scanned'],
         'contents': ['all', 'pointers', 'none']}
TAG = b'\xd9\xd9\xf7'  # 55799


def items_of(stream):
    file = io.BytesIO(stream)
    decoder = CBORDecoder(file)
    while file.tell() < len(stream):
        yield decoder.decode()


def encode_member(member):
    if not isinstance(member, bytes) or len(member) <= CHUNK:
        return dumps(member, canonical=True)
    return b'\x5f%s\xff' % b''.join(dumps(member[at:at + CHUNK])
                                    for at in range(0, len(member), CHUNK))


def encode(item):
    if any(isinstance(member, bytes) and len(member) > CHUNK
           for member in item):
        return b'%c%s' % (0x80 + len(item), b''.join(map(encode_member, item)))
    return dumps(item, canonical=True)


def encode_all(items):
    return TAG + b''.join(map(encode, items))


def offsets(bitmap, word):
    return [(8 * at + bit) * word for at, byte in enumerate(bitmap) if byte
            for bit in range(8) if byte >> bit & 1]


def as_json(name, value, word):
    """A member as gohat-json shows it; numbers may be addresses."""
    if isinstance(value, bytes):
        return value.hex() if name == 'contents' else offsets(value, word)
    if name == 'stack':
        return [dict(zip(('function', 'file', 'line'), value[at:at + 3]))
                for at in range(0, len(value), 3)]
    return value


def differs(item, row, word):
    """The name of a member that is not as in gohat-json's row, or None."""
    names = list(row)[1:]
    if len(names) != len(item) - 1:
        return 'their number'
    for name, value in zip(names, item[1:]):
        shown = row[name]
        value = as_json(name, value, word)
        if type(value) is int and isinstance(shown, str):
            value = NAMES[name][value] if name in NAMES else hex(value)
        if value != shown or type(value) is not type(shown):
            return name
    return None


def check_end(name, items):
    counts = [0] * 64
    for item in items[:-1]:
        counts[item[0]] += 1
    end = items[-1]
    equal(end[0], 0, name + ': the last item is an end record')
    equal(end[4] + [0] * (64 - len(end[4])), counts, name + ': its counts')
    equal(end[5], sum(item[2] for item in items if item[0] == OBJECT),
          name + ': its object bytes')


def check_stream(name):
    stream = decode(name)
    items = list(items_of(stream))
    ok(stream[:3] == TAG and items[0][0] == 6, name + ': a tagged header')
    ok(all(isinstance(item, list) and type(item[0]) is int for item in items),
       name + ': items are arrays of a kind')
    ok(encode_all(items) == stream, name + ': encoded as short as can be')
    check_end(name, items)
    lines = run('gohat-json', given=stream)[1].splitlines()
    equal(len(lines), len(items), name + ': gohat-json has as many')
    word = items[0][4]
    bad = [(wrong, item) for item, line in zip(items, lines)
           for wrong in [differs(item, json.loads(line), word)] if wrong]
    ok(not bad, name + ': and each member of each', *bad[:3])


def reduced(item, mode, word):
    """What a contents mode makes of a record."""
    item = list(item)
    if item[0] == 6:
        item[6] = mode
    if item[0] not in MEMORY:
        return item
    contents, pointers = MEMORY[item[0]]
    if mode == 2:
        item[contents] = item[pointers] = b''
    elif item[0] == OBJECT and len(item[contents]) <= CHUNK:
        item[contents] = b''.join(item[contents][at:at + word]
                                  for at in offsets(item[pointers], word))
    return item


def check_modes(name):
    items = list(items_of(decode(name)))
    for mode in 1, 2:
        option = '--contents=' + NAMES['contents'][mode]
        want = encode_all(reduced(item, mode, items[0][4]) for item in items)
        ok(decode(name, option) == want, '%s: %s' % (name, option))


def view(name, stream, message=''):
    """What gohat-objects does with a stream that cbor2 wrote."""
    status, text, messages = run('gohat-objects', given=stream)
    equal(status, int(message != ''), name + ': exit status')
    ok(message in messages, name + ': message', messages)
    return text


def check_reader():
    stream = decode('edge-go1.8')
    items = list(items_of(stream))
    body, end = items[:-1], items[-1]
    want = view('a stream', stream)
    counts = end[4] + [0] * (64 - len(end[4]))
    counts[63] = counts[40] = 1
    foreign = [[40, {'a': [1, 2.5, None]}, 'text'], [63]]
    more = [item + [7, {'b': b'x'}, 'more'] for item in body + foreign]
    more += [end[:4] + [counts] + end[5:] + [[]]]
    equal(view('unknown kinds and members', encode_all(more)), want,
          'unknown kinds and members: skipped')
    kinds = [json.loads(line)['record'] for line in
             run('gohat-json', given=encode_all(more))[1].splitlines()]
    equal(kinds[-3:], [40, 63, 'end'], 'unknown kinds: gohat-json shows them')

    long = [b'\x9a%s' % len(item).to_bytes(4, 'big') +
            b''.join(b'\x1b' + member.to_bytes(8, 'big')
                     if type(member) is int else
                     b'\x5b' + len(member).to_bytes(8, 'big') + member
                     if isinstance(member, bytes) else dumps(member)
                     for member in item) for item in items]
    equal(view('heads longer than need be', TAG + b''.join(long)), want,
          'heads longer than need be: read')
    chunked = [b'%c%s\x5f%s\x40%s\xff%s' % (
        0x80 + len(item), b''.join(map(dumps, item[:5])), dumps(item[5][:3]),
        dumps(item[5][3:]), dumps(item[6])) if item[0] == OBJECT else
        dumps(item) for item in items]
    equal(view('small chunks', TAG + b''.join(chunked)), want,
          'small chunks: read')
    equal(run('gohat-strings', given=TAG + b''.join(chunked))[1],
          run('gohat-strings', given=stream)[1],
          'small chunks: their contents too')

    equal(view('no end record', encode_all(body), 'incomplete'), want,
          'no end record: what came is printed')
    view('bytes behind the end', stream + b'\0', 'behind the end record')
    view('two streams', stream + stream, 'behind the end record')
    lost = next(at for at, item in enumerate(items) if item[0] == OBJECT)
    view('an object missing', encode_all(items[:lost] + items[lost + 1:]),
         'but its end record says 142')
    end = end[:5] + [end[5] + 1] + end[6:]
    view('other object bytes', encode_all(body + [end]),
         'but its end record says 30265')
    header = [6, 2] + items[0][2:]
    view('another version', encode_all([header] + items[1:]), 'version 2')
    view('a second header', encode_all(items[:1] + items), 'record 2')


def check_chunks():
    """Text at the edges of chunks, of characters that take three bytes."""
    texts = {65533: '日本語テキスト', 131068: 'plain text', 199993: 'the end'}
    contents = bytearray(200000)
    for at, text in texts.items():
        contents[at:at + len(text.encode())] = text.encode()
    address, pointers = 0xc420800000, b'\1' + bytes(200000 // 64 - 2) + b'\x80'
    header = next(items_of(decode('edge-go1.8')))
    for size in CHUNK, CHUNK - 1, 1000, 7:
        stream = b'%s%s\x87%s\x5f%s\xff%s%s' % (
            TAG, encode(header),
            b''.join(map(dumps, [OBJECT, address, len(contents), 0, 0])),
            b''.join(dumps(bytes(contents[at:at + size]))
                     for at in range(0, len(contents), size)),
            dumps(pointers),
            dumps([0, True, 0, None, [0, 1, 0, 0, 0, 0, 1], len(contents),
                   0, 0]))
        name = 'chunks of %d bytes: ' % size
        status, text, messages = run('gohat-strings', '-a', given=stream)
        equal((status, messages), (0, ''), name + 'strings')
        equal(text.decode().splitlines(),
              ['%016x %s' % (address + at, text)
               for at, text in texts.items()], name + 'each at its address')
        for at in 0, len(contents) - 1:
            text = run('gohat-object', '-b', '%x' % (address + at),
                       given=stream)[1]
            ok(text == contents, name + 'an object, by its byte %d' % at)
        fields = json.loads(run('gohat-object', '-J', '%x' % address,
                                given=stream)[1])['fields']
        equal([field['offset'] for field in fields], [0, 199992],
              name + 'its pointers')


for name in DUMPS:
    check_stream(name)
for name in 'zoo-go1.22', 'zoo-go1.19-mips', 'zoo-go1.3':
    check_modes(name)
check_reader()
check_chunks()
done()
