/*
 * tests/unit/dumps.h: heap dumps, piece by piece, as a Go runtime writes them.
 */
#ifndef GOHAT_TEST_DUMPS_H
#define GOHAT_TEST_DUMPS_H

#include "buffer.h"
#include "record/record.h"

enum { HEAP = 0x10000000, HEAP_END = 0x20000000 };

/* Zero stands for amd64, go1.7 and a runtime that did not say. */
struct style {
	unsigned format;
	unsigned pointer_size;
	bool big_endian;
	const char *version;
};

static inline void put_uint(struct buffer *b, uint64_t value)
{
	for (; value >= 128; value >>= 7)
		put_byte(b, (unsigned)(value & 127) | 128);
	put_byte(b, (unsigned)value);
}

static inline void put_uints(struct buffer *b, size_t n, const uint64_t *values)
{
	for (size_t i = 0; i < n; i++)
		put_uint(b, values[i]);
}

#define NUMBERS(...)                                                           \
	(sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)),              \
		(const uint64_t[])                                             \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

static inline void put_text(struct buffer *b, const char *text)
{
	put_uint(b, strlen(text));
	put_string(b, text);
}

/* The header and the params. */
static inline void put_begin(struct buffer *b, struct style style)
{
	unsigned format = style.format ? style.format : 7;

	put_string(b, "go1.");
	put_byte(b, '0' + format);
	put_string(b, " heap dump\n");
	put_uint(b, RECORD_PARAMS);
	put_uint(b, style.big_endian);
	put_uint(b, style.pointer_size ? style.pointer_size : 8);
	if (format == 3)
		put_uint(b, 96); /* of a channel's header */
	put_uint(b, HEAP);
	put_uint(b, HEAP_END);
	if (format < 7)
		put_uint(b, style.pointer_size == 4 ? '8' : '6');
	else
		put_text(b, style.pointer_size == 4 ? "386" : "amd64");
	put_text(b, style.version ? style.version : "");
	put_uint(b, 2);
}

static inline void put_end(struct buffer *b)
{
	put_uint(b, RECORD_END);
}

/* Pointers at these offsets, and no other field. */
static inline void put_fields(struct buffer *b, size_t n,
			      const uint64_t *offsets)
{
	for (size_t i = 0; i < n; i++) {
		put_uint(b, FIELD_PTR);
		put_uint(b, offsets[i]);
	}
	put_uint(b, 0);
}

/* What stands before an object's contents. */
static inline void put_object_head(struct buffer *b, uint64_t address,
				   uint64_t size)
{
	put_uint(b, RECORD_OBJECT);
	put_uint(b, address);
	put_uint(b, size);
}

/* An object of zeros. */
static inline void put_object(struct buffer *b, uint64_t address, uint64_t size,
			      size_t n, const uint64_t *offsets)
{
	put_object_head(b, address, size);
	put_fill(b, 0, size);
	put_fields(b, n, offsets);
}

static inline void put_type(struct buffer *b, uint64_t address, uint64_t size,
			    const char *name, bool indirect)
{
	put_uint(b, RECORD_TYPE);
	put_uint(b, address);
	put_uint(b, size);
	put_text(b, name);
	put_uint(b, indirect);
}

static inline void put_word(struct buffer *b, struct style style,
			    uint64_t value)
{
	unsigned size = style.pointer_size ? style.pointer_size : 8;

	for (unsigned i = 0; i < size; i++)
		put_byte(b, value >> 8 * (style.big_endian ? size - 1 - i : i) &
				    0xff);
}

#endif
