"""As much of CDDL (RFC 8610) as the grammar in gohat-stream(5) needs.

A type is a tuple: ('choice', types), ('array' or 'group', members),
('tag', number, type), ('range', from, to), ('value', number) or
('name', name); a member is (key or None, least, most, type).
"""
import re
import sys

TOKEN = re.compile(r'\s*(#6\.\d+|\d+\*\d+|\.\.|[\w-]+|[\[\]():,/*=])')
PRELUDE = {'uint': int, 'bool': bool, 'tstr': str, 'bstr': bytes,
           'null': type(None)}


class Grammar:
    def __init__(self, text):
        self.tokens, self.rules = TOKEN.findall(text), {}
        while self.tokens:
            name = self.take()
            self.take('=')
            self.rules[name] = self.choice()

    def peek(self, n=0):
        return self.tokens[n] if n < len(self.tokens) else ''

    def take(self, want=None):
        token = self.tokens.pop(0)
        assert want in (None, token), '%s, not %s' % (token, want)
        return token

    def choice(self):
        types = [self.type()]
        while self.peek() == '/':
            self.take()
            types.append(self.type())
        return ('choice', types) if len(types) > 1 else types[0]

    def type(self):
        token = self.take()
        if token == '[':
            return 'array', self.members(']')
        if token == '(':
            return 'group', self.members(')')
        if token.startswith('#6.'):
            self.take('(')
            return 'tag', int(token[3:]), self.members(')')[0][3]
        if token.isdigit() and self.peek() == '..':
            self.take()
            return 'range', int(token), int(self.take())
        return ('value', int(token)) if token.isdigit() else ('name', token)

    def members(self, end):
        members = []
        while self.peek() != end:
            key, least, most = None, 1, 1
            if self.peek() == '*':
                self.take()
                least, most = 0, sys.maxsize
            elif '*' in self.peek():
                least, most = map(int, self.take().split('*'))
            if self.peek(1) == ':':
                key = self.take()
                self.take(':')
            members.append((key, least, most, self.choice()))
            if self.peek() != end:
                self.take(',')
        self.take(end)
        return members

    def is_a(self, item, type_):
        """Whether an item is of that type. cbor2 takes tag 55799 off."""
        what, *rest = type_
        if what == 'name' and rest[0] in self.rules:
            return self.is_a(item, self.rules[rest[0]])
        if what == 'name':
            return rest[0] == 'any' or type(item) is PRELUDE[rest[0]] and \
                (rest[0] != 'uint' or item >= 0)
        if what == 'choice':
            return any(self.is_a(item, choice) for choice in rest[0])
        if what == 'array':
            return isinstance(item, list) and \
                self.match(item, rest[0], 0, {}) == len(item)
        if what == 'tag':
            return self.is_a(item, rest[1])
        return type(item) is int and rest[0] <= item <= rest[-1]

    def match(self, items, members, at, named):
        """The place behind those of a group that start `at`, or -1."""
        for key, least, most, type_ in members:
            while type_[0] == 'name' and type_[1] in self.rules and \
                    self.rules[type_[1]][0] in ('name', 'group'):
                type_ = self.rules[type_[1]]
            n, end = 0, at
            while n < most and end >= 0 and at < len(items):
                if type_[0] == 'group':
                    end = self.match(items, type_[1], at, named)
                else:
                    end = at + 1 if self.is_a(items[at], type_) else -1
                if end >= 0:
                    if key:
                        named[key] = items[at]
                    at, n = end, n + 1
            if n < least:
                return -1
        return at

    def record(self, item):
        """Name of the rule for a record, and its named members; or None."""
        for name, type_ in self.rules.items():
            members = type_[-1][1] if type_[0] == 'tag' else type_[1]
            named = {}
            if type_[0] in ('array', 'tag') and isinstance(item, list) and \
                    members[0][3][0] in ('value', 'range') and \
                    self.match(item, members, 0, named) == len(item):
                return name, named
        return None
