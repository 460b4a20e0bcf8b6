/*
 * lib/dump/cursor.h: the primitives of the dump format, within bounds.
 *
 * A cursor that ran out of bytes (SHORT) or met what cannot be (BAD) stays
 * there, and everything read from it is zero: a parser reads a record in
 * straight lines and looks at the state once, at its end.
 */
#ifndef GOHAT_CURSOR_H
#define GOHAT_CURSOR_H

#include <endian.h>
#include <string.h>

#include "io/input.h"
#include "record/record.h"

struct cursor {
	const uint8_t *p;
	const uint8_t *end;
	enum {
		CURSOR_OK,
		CURSOR_SHORT,
		CURSOR_BAD,
	} state;
	const char *why; /* of BAD */
};

static inline struct cursor cursor_at(const struct input *in)
{
	return (struct cursor){ .p = in->pos, .end = in->end };
}

static inline void cursor_bad(struct cursor *c, const char *why)
{
	if (c->state == CURSOR_OK) {
		c->state = CURSOR_BAD;
		c->why = why;
	}
}

/* Unsigned LEB128 of a uint64 (encoding/binary's Uvarint). */
static inline uint64_t cursor_uint(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned shift = 0; c->state == CURSOR_OK; shift += 7) {
		if (c->p == c->end) {
			c->state = CURSOR_SHORT;
		} else if (shift == 63 && *c->p > 1) {
			cursor_bad(c, "an integer of more than 64 bits");
		} else {
			value |= (uint64_t)(*c->p & 127) << shift;
			if (*c->p++ < 128)
				return value;
		}
	}
	return 0;
}

static inline bool cursor_bool(struct cursor *c)
{
	uint64_t value = cursor_uint(c);

	if (value > 1)
		cursor_bad(c, "a flag that is neither 0 nor 1");
	return value == 1;
}

static inline struct bytes cursor_bytes(struct cursor *c, uint64_t n)
{
	struct bytes bytes = { c->p, n };

	if (c->state == CURSOR_OK && n > INPUT_MAX)
		cursor_bad(c, "a string of more than 1 MiB");
	else if (c->state == CURSOR_OK && n > (size_t)(c->end - c->p))
		c->state = CURSOR_SHORT;
	if (c->state != CURSOR_OK)
		return (struct bytes){ 0 };
	c->p += n;
	return bytes;
}

static inline struct text cursor_text(struct cursor *c)
{
	struct bytes bytes = cursor_bytes(c, cursor_uint(c));

	return (struct text){ (const char *)bytes.data, bytes.len };
}

/* For the fast paths: eight bytes, the first one lowest. */
static inline uint64_t load_bytes(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return le64toh(x);
}

/* The low `n` bytes of a word; `n` from 1 to 8. */
static inline uint64_t low_bytes(unsigned n)
{
	return UINT64_MAX >> (64 - 8 * n);
}

/* The varint in the low `len` <= 8 bytes of `x`: folds eight groups of 7
 * bits, two by two. */
static inline uint64_t varint_value(uint64_t x, unsigned len)
{
	x &= low_bytes(len) & UINT64_C(0x7f7f7f7f7f7f7f7f);
	x = (x & UINT64_C(0x007f007f007f007f)) |
	    (x & UINT64_C(0x7f007f007f007f00)) >> 1;
	x = (x & UINT64_C(0x00003fff00003fff)) |
	    (x & UINT64_C(0x3fff00003fff0000)) >> 2;
	return (x & UINT64_C(0x0fffffff)) |
	       (x & UINT64_C(0x0fffffff00000000)) >> 4;
}

#endif
