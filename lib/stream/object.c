/*
 * The object record's fast path, both ways. libcbor makes and reads each
 * head once; while the next objects have the same, they are copied.
 */
#include <cbor.h>
#include <endian.h>
#include <string.h>

#include "io/copy.h"
#include "stream/priv.h"

/* The head of an integer or a string, as short as it may be: its value. */
static inline uint64_t head(const uint8_t **p, unsigned major, bool *good)
{
	unsigned first = *(*p)++, info = first & 31;
	uint64_t value = info;
	uint32_t be;

	*good &= first >> 5 == major && info < 27;
	if (info == 24) {
		value = *(*p)++;
	} else if (info == 25) {
		value = (uint64_t)(*p)[0] << 8 | (*p)[1];
		*p += 2;
	} else if (info == 26) {
		memcpy(&be, *p, sizeof(be));
		value = be32toh(be);
		*p += 4;
	}
	return value;
}

static inline uint64_t load(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* The items between an object's address and its contents, into the memo. */
static inline bool parse_tail(struct tail_memo *memo, const uint8_t **p)
{
	const uint8_t *start = *p;
	bool good = true;
	size_t len;

	if (((load(start) ^ memo->bytes[0]) & memo->mask[0]) == 0 &&
	    ((load(start + 8) ^ memo->bytes[1]) & memo->mask[1]) == 0) {
		*p += memo->len;
		return true;
	}
	memo->size = head(p, 0, &good);
	memo->type = head(p, 0, &good);
	memo->kind = head(p, 0, &good);
	memo->contents = head(p, 2, &good);
	len = (size_t)(*p - start);
	memset(memo->mask, 0xff, sizeof(memo->mask));
	if (!good || memo->kind >= OBJECT_KINDS ||
	    memo->contents > memo->size || len > sizeof(memo->bytes)) {
		/* What may look like it has more contents than there are. */
		memo->contents = UINT64_MAX;
		return false;
	}
	memo->len = (unsigned)len;
	memcpy(memo->bytes, start, sizeof(memo->bytes));
	memset((uint8_t *)memo->mask + len, 0, sizeof(memo->mask) - len);
	return true;
}

/*
 * An object record of seven items whose address has 64 bits, in the buffer
 * whole. Reads heads in the pad behind the buffer, and looks then whether it
 * did. False leaves the input where it was, for stream_parse_record().
 */
bool object_get_fast(struct stream_in *in, struct record *record)
{
	const struct tail_memo *memo = &in->tail_memo;
	const uint8_t *p = in->in.pos, *end = in->in.end, *contents;
	uint64_t pointers;
	bool good = true;

	if (p[0] != 0x87 || p[1] != RECORD_OBJECT || p[2] != 0x1b)
		return false;
	p += 11;
	if (!parse_tail(&in->tail_memo, &p) || p > end ||
	    memo->contents > (size_t)(end - p))
		return false;
	contents = p;
	p += memo->contents;
	pointers = head(&p, 2, &good);
	if (!good || p > end || pointers > (size_t)(end - p) ||
	    (pointers != 0 &&
	     pointers != bitmap_size(memo->size, in->params.pointer_size)))
		return false;
	record->kind = RECORD_OBJECT;
	record->chunks = NULL;
	record->object = (struct object){
		.address = be64toh(load(in->in.pos + 3)),
		.size = memo->size,
		.type = memo->type,
		.kind = memo->kind,
		.memory = { .contents = { contents, memo->contents },
			    .pointers = { p, pointers },
			    .packed =
				    in->params.contents == CONTENTS_POINTERS },
	};
	in->in.pos = p + pointers;
	return true;
}

enum { CONTENTS_FAST = 4096, POINTERS_FAST = 23 };

static bool make_tail(struct object_tail *tail, const struct object *object,
		      uint64_t contents_kind)
{
	uint8_t bytes[4 * HEAD_MAX], *p = bytes, *end = bytes + sizeof(bytes);

	p += cbor_encode_uint(object->size, p, (size_t)(end - p));
	p += cbor_encode_uint(object->type, p, (size_t)(end - p));
	p += cbor_encode_uint(object->kind, p, (size_t)(end - p));
	p += cbor_encode_bytestring_start(object->memory.contents.len, p,
					  (size_t)(end - p));
	if ((size_t)(p - bytes) > sizeof(tail->bytes) ||
	    object->kind >= OBJECT_KINDS ||
	    object->memory.contents.len > CONTENTS_FAST)
		return false;
	tail->size = object->size;
	tail->type = object->type;
	tail->contents_kind = contents_kind;
	tail->len = (unsigned)(p - bytes);
	memcpy(tail->bytes, bytes, sizeof(tail->bytes));
	return true;
}

static inline bool is_tail_of(const struct object_tail *tail,
			      const struct object *object,
			      uint64_t contents_kind)
{
	return tail->len > 0 && tail->size == object->size &&
	       tail->type == object->type &&
	       tail->contents_kind == contents_kind;
}

/* The tail of such an object: the last one, another one kept, or made. NULL
 * if it is too long. */
static inline struct object_tail *find_tail(struct stream_out *out,
					    const struct object *object)
{
	uint64_t contents_kind =
		object->memory.contents.len << 8 | object->kind;
	struct object_tail *tail = out->tail;
	size_t slot;

	if (tail && is_tail_of(tail, object, contents_kind))
		return tail;
	slot = (object->size / 8 + object->type) %
	       (sizeof(out->tails) / sizeof(*out->tails));
	tail = &out->tails[slot];
	if (!is_tail_of(tail, object, contents_kind) &&
	    !make_tail(tail, object, contents_kind))
		return NULL;
	out->tail = tail;
	return tail;
}

/*
 * An object whose address has 64 bits and whose contents are short: what
 * put_members() writes, its heads made by libcbor once and kept. False if it
 * is none.
 */
bool object_put_fast(struct stream_out *out, const struct object *object)
{
	const struct bytes *contents = &object->memory.contents;
	const struct bytes *pointers = &object->memory.pointers;
	struct object_tail *tail = find_tail(out, object);
	uint64_t address = htobe64(object->address);
	uint8_t *p;

	if (!tail || object->address <= UINT32_MAX ||
	    pointers->len > POINTERS_FAST)
		return false;
	p = output_room(&out->out, CONTENTS_FAST + 64);
	memcpy(p, "\x87\x01\x1b", 3);
	memcpy(p + 3, &address, 8);
	memcpy(p + 11, tail->bytes, sizeof(tail->bytes));
	p += 11 + tail->len;
	if (contents->len > 0)
		p = copy_short(p, contents->data, contents->len);
	*p++ = (uint8_t)(0x40 | pointers->len);
	for (size_t i = 0; i < pointers->len; i++)
		*p++ = pointers->data[i];
	output_used(&out->out, p);
	return true;
}
