"""A second reader of Go heap dumps, for tests: their objects, as
runtime/heapdump.go wrote them and as a program saw them. Whole dumps only."""
import collections
import re

Object = collections.namedtuple('Object',
                                'address size type kind offsets contents')
Slot = collections.namedtuple('Slot', 'address type kind start size fields')

KINDS = {0: 'regular', 1: 'array', 2: 'channel', 127: 'conservatively scanned'}

# What follows a record's tag: u an integer, s a string, f a list of fields.
SHAPES = {2: 'su', 4: 'uuuuuuuusuuuu', 5: 'uuusuuusf', 7: 'uuuuu', 9: 'uuu',
          10: 'u' * 281, 11: 'uuuuu', 12: 'usf', 13: 'usf', 14: 'uuuuuuu',
          15: 'uuuuuu', 17: 'uu'}


def varint(value):
    """Unsigned LEB128, as all integers of a dump are."""
    encoded = bytearray()
    while value >= 128:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 16
        self.format = int(data[4:5])
        self.slots, self.types, self.itabs = [], {}, {}
        self.read_params()
        while True:
            tag = self.uint()
            if tag == 0:
                break
            self.read_record(tag)

    def uint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def string(self):
        size = self.uint()
        self.at += size
        return self.data[self.at - size:self.at]

    def fields(self):
        fields = []
        while True:
            kind = self.uint()
            if kind == 0:
                return fields
            fields.append((kind, self.uint()))

    def read_params(self):
        assert self.uint() == 6
        self.order = 'big' if self.uint() else 'little'
        self.word = self.uint()
        self.channel_header = self.uint() if self.format == 3 else 0
        self.heap = self.uint(), self.uint()
        _ = self.uint() if self.format < 7 else self.string()
        version = re.match(rb'go1\.(\d+)', self.string())
        self.minor = int(version.group(1)) if version else 0
        self.uint()

    def read_record(self, tag):
        if tag == 1:
            address = self.uint()
            of_type = 0, 0
            if self.format == 3:
                of_type = self.uint(), self.uint()
            size = len(self.string())
            self.slots.append(Slot(
                address, *of_type, self.at - size, size,
                self.fields() if self.format > 3 else ()))
        elif tag == 3:
            address, size, name = self.uint(), self.uint(), self.at
            if self.format == 5 and self.uint() > 1 << 20:
                self.skip_lost_name(address)
            else:
                self.at = name
                self.string()
            self.types[address] = (size, self.uint(), self.fields()
                                   if self.format == 3 else ())
        elif tag == 8:
            itab = self.uint()
            self.itabs[itab] = self.uint()
        elif tag == 16:
            self.uint(), self.uint()
            for _ in range(self.uint()):
                self.string(), self.string(), self.uint()
            self.uint(), self.uint()
        else:
            for part in SHAPES[tag]:
                {'u': self.uint, 's': self.string, 'f': self.fields}[part]()

    def skip_lost_name(self, address):
        """To the flag before the itab record that names this type."""
        varint = bytearray()
        while address > 127:
            varint.append(address & 127 | 128)
            address >>= 7
        varint.append(address)
        self.at = re.compile(rb'[\0\1]\x08[\x80-\xff]*[\0-\x7f]' +
                             re.escape(bytes(varint))
                             ).search(self.data, self.at).start()

    def word_at(self, position):
        return int.from_bytes(self.data[position:position + self.word],
                              self.order)

    def listed_offsets(self, slot):
        for kind, offset in slot.fields:
            yield offset
            if kind > 1:
                yield offset + self.word

    def typed_offsets(self, slot):
        if slot.kind == 127:
            yield from range(0, slot.size, self.word)
        if slot.kind == 127 or not slot.type:
            return
        size, _, fields = self.types[slot.type]
        base = self.channel_header if slot.kind == 2 else 0
        while base + size <= slot.size and size:
            for kind, offset in fields:
                if kind < 4:
                    yield base + offset
                elif self.is_indirect(kind, slot.start + base + offset):
                    yield base + offset + self.word
            if slot.kind == 0:
                break
            base += size

    def is_indirect(self, kind, position):
        first = self.word_at(position)
        if kind == 4:
            return self.itabs.get(first)
        return self.types[first][1] if first in self.types else first

    def is_bogus(self, slot, scanned_pages):
        """Whether a span keeps its bits where this slot would be."""
        if self.minor < 22 or slot.size > (512 if self.word == 8 else 128):
            return False
        reserved = 128 if self.minor >= 26 and slot.size >= 16 else 0
        if slot.address >> 13 in scanned_pages:
            reserved += 8192 // self.word // 8
        index = (slot.address & 8191) // slot.size
        return index >= (8192 - reserved) // slot.size

    def has_header(self, slot, offsets):
        if (self.minor < 22 or not offsets or offsets[0] == 0 or
                not (512 if self.word == 8 else 128) < slot.size <= 32768):
            return False
        word = self.word_at(slot.start)
        return slot.size < 32768 or (
            word > 4096 and not self.heap[0] <= word < self.heap[1])

    def objects(self):
        """Those that a program knows, as gohat-json is to print them."""
        scanned = {slot.address >> 13 for slot in self.slots if slot.fields}
        walk = self.typed_offsets if self.format == 3 else self.listed_offsets
        for slot in self.slots:
            if self.is_bogus(slot, scanned):
                continue
            offsets = sorted({offset for offset in walk(slot)
                              if offset + self.word <= slot.size})
            skip = 8 if self.has_header(slot, offsets) else 0
            yield Object(slot.address + skip, slot.size,
                         self.word_at(slot.start) if skip else slot.type,
                         KINDS[slot.kind],
                         [offset - skip for offset in offsets],
                         self.data[slot.start + skip:slot.start + slot.size])
