/*
 * lib/stream/item.h: CBOR items one by one, by libcbor.
 *
 * As lib/dump/cursor.h: what runs out of bytes or cannot be stays in that
 * state, and every item read from it is ITEM_NONE.
 */
#ifndef GOHAT_ITEM_H
#define GOHAT_ITEM_H

#include "io/input.h"
#include "record/record.h"

enum item_type {
	ITEM_NONE,
	ITEM_UINT,
	ITEM_BYTES,
	ITEM_TEXT,
	ITEM_ARRAY, /* value: how many items follow in it */
	ITEM_MAP,   /* value: how many pairs */
	ITEM_TAG,
	ITEM_BOOL,
	ITEM_NULL,
	ITEM_OTHER,	  /* one whole item: a float, a negative number */
	ITEM_BYTES_START, /* of indefinite length: byte strings to a break */
	ITEM_BREAK,
	ITEM_INDEFINITE, /* of any other type: not in our streams */
};

struct item {
	enum item_type type;
	uint64_t value;
	struct bytes bytes; /* of ITEM_BYTES and ITEM_TEXT, in the buffer */
};

struct items {
	const uint8_t *p;
	const uint8_t *end;
	enum {
		ITEMS_OK,
		ITEMS_SHORT,
		ITEMS_BAD,
	} state;
	const char *why; /* of BAD */
};

static inline struct items items_at(const struct input *in)
{
	return (struct items){ .p = in->pos, .end = in->end };
}

void items_bad(struct items *items, const char *why);

/* The next item. Those in an array or a map come by themselves. */
struct item item_next(struct items *items);

/* The next item, which must be of `type`; `why` says what is wrong if not. */
struct item item_expect(struct items *items, enum item_type type,
			const char *why);

/* Go over one item, whatever is in it. */
void item_skip(struct items *items);

#endif
