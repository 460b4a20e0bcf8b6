#include "dump/priv.h"

#include <endian.h>
#include <string.h>

enum { PAGE_SHIFT = 13, PAGE_SIZE = 1 << PAGE_SHIFT };

/*
 * Go 1.22 and later dump every slot of a span that is not free, those behind
 * its last object too. Spans of small slots keep 1 bit per word at the end
 * of their page if they have pointers (runtime/mheap.go, heapBitsInSpan) and,
 * with Green Tea, 128 bytes of marks (mgcmark_greenteagc.go,
 * spanInlineMarkBits): what reaches in there is no object. Slots of a page
 * come in order, so its objects have said by then whether it has pointers.
 */
static inline bool slot_is_bogus(struct dump *dump, uint64_t address,
				 uint64_t size, bool pointers)
{
	uint64_t page = address >> PAGE_SHIFT, end;

	dump->page_pointers =
		pointers || (page == dump->page && dump->page_pointers);
	dump->page = page;
	end = (address & (PAGE_SIZE - 1)) + size;
	/* Most slots end before anything that a page may keep. */
	return end > dump->page_limits[1][1] &&
	       end > dump->page_limits[dump->page_pointers][size >= 16];
}

void object_set_limits(struct dump *dump)
{
	for (int pointers = 0; pointers < 2; pointers++)
		for (int marks = 0; marks < 2; marks++)
			dump->page_limits[pointers][marks] =
				(uint16_t)(PAGE_SIZE -
					   (pointers ? PAGE_SIZE / 8 >>
							       dump->word_shift
						     : 0) -
					   (marks && dump->inline_marks ? 128
									: 0));
}

bool object_is_bogus(struct dump *dump, const struct record *record)
{
	const struct object *object = &record->object;

	return dump->padded_slots && object->size <= dump->header_above &&
	       slot_is_bogus(dump, object->address, object->size,
			     object->memory.pointers.len > 0);
}

/*
 * Objects of Go 1.22 and later with pointers, over 512 bytes (32 bit: 128)
 * and up to 32 KiB, start with a malloc header: 8 bytes, of which the first
 * word is their type's address (runtime/malloc.go, mallocgcSmallScanHeader).
 * One of 32 KiB may also be a span of its own, without a header.
 */
static bool has_malloc_header(const struct dump *dump,
			      const struct object *object)
{
	const struct memory *memory = &object->memory;
	uint64_t word;

	if (!dump->padded_slots || object->size <= dump->header_above ||
	    object->size > 32768 || memory->pointers.len == 0 ||
	    (memory->pointers.data[0] & 1) != 0)
		return false;
	word = word_at(&dump->params, memory->contents.data);
	return object->size < 32768 ||
	       (word >= PAGE_SIZE && word % dump->params.pointer_size == 0 &&
		(word < dump->params.heap_start ||
		 word >= dump->params.heap_end));
}

static void strip_malloc_header(struct dump *dump, struct object *object)
{
	struct bytes *contents = &object->memory.contents;
	unsigned words = 8u >> dump->word_shift;
	size_t len = object->memory.pointers.len;

	object->type =
		dump_type_id(dump, word_at(&dump->params, contents->data));
	object->address += 8;
	contents->data += 8;
	contents->len -= 8;
	for (size_t i = 0; i < len; i++) {
		unsigned next = i + 1 < len ? dump->bitmap[i + 1] : 0;
		dump->bitmap[i] =
			(uint8_t)((dump->bitmap[i] | next << 8) >> words);
	}
}

/* runtime/malloc.h:593 of go1.3, as our kinds. */
static uint64_t parse_kind(struct cursor *c)
{
	uint64_t kind = cursor_uint(c);

	if (kind == 127)
		return OBJECT_CONSERVATIVE;
	if (kind > OBJECT_CHANNEL)
		cursor_bad(c, "an object of unknown kind");
	return kind;
}

/* Go 1.3: the object's type knows where its pointers are. */
static struct pointer_walk typed_walk(struct dump *dump,
				      const struct object *object,
				      uint64_t type, const uint8_t *contents)
{
	static const uint64_t pointer[] = { FIELD_PTR, 0 };
	static const struct dump_type none, words[2] = {
		{ .size = 4, .fields = { pointer, 2 } },
		{ .size = 8, .fields = { pointer, 2 } },
	};
	const struct dump_type *layout = dump_type_find(dump, type);

	if (object->kind == OBJECT_CONSERVATIVE)
		layout = &words[dump->word_shift - 2];
	else if (type == 0 || !layout)
		layout = &none;
	return walk_type(dump, layout, object->kind, object->size, contents);
}

void object_parse(struct dump *dump, struct cursor *c, struct record *record)
{
	struct object *object = &record->object;
	struct pointer_walk walk;
	uint64_t type = 0;

	*object = (struct object){ .address = cursor_uint(c) };
	if (dump->format == 3) {
		type = cursor_uint(c);
		object->kind = parse_kind(c);
	}
	object->size = cursor_uint(c);
	object->memory.contents =
		memory_contents(dump, c, record, object->size);
	object->type = dump_type_id(dump, type);
	walk = walk_list(object->size, object->memory.contents.data);
	if (dump->format == 3)
		walk = typed_walk(dump, object, type, walk.contents);
	if (record->chunks)
		dump->chunks.walk = walk;
	else
		object->memory.pointers = memory_pointers(dump, c, walk);
	if (c->state == CURSOR_OK && has_malloc_header(dump, object))
		strip_malloc_header(dump, object);
}

/*
 * The varint of 5 to 8 bytes at `*p`, 0 if it has other than that many.
 * Objects have neighbours: mostly, all but the lowest two groups of bits are
 * what they were.
 */
static inline uint64_t parse_address(struct address_memo *memo,
				     const uint8_t **p)
{
	uint64_t x = load_bytes(*p), ends = ~x & UINT64_C(0x8080808080808080),
		 low;

	low = (x & 0x7f) | (x >> 1 & 0x3f80);
	if (((x ^ memo->bytes) & memo->mask) == 0) {
		*p += memo->len;
		return memo->high | low;
	}
	if (ends == 0 || (ends & UINT64_C(0x80808080)) != 0)
		return 0;
	memo->len = ((unsigned)__builtin_ctzll(ends) + 1) / 8;
	memo->mask = low_bytes(memo->len) & ~UINT64_C(0x7f7f);
	memo->bytes = x;
	x = varint_value(x, memo->len);
	memo->high = x - low;
	*p += memo->len;
	return x;
}

static inline unsigned parse_small(const uint8_t **p)
{
	unsigned value = *(*p)++;

	if (value >= 128)
		value = (value & 127) | (unsigned)*(*p)++ << 7;
	return value;
}

/* The list of pointer fields at `*p`, as a bitmap. False: it has others, or
 * some outside of `size` bytes. Short lists are looked up: few differ. */
static inline bool parse_list(struct list_memo *memos, const uint8_t **p,
			      unsigned size, unsigned shift, uint64_t *bits)
{
	const uint8_t *start = *p;
	uint64_t x = load_bytes(start);
	struct list_memo *memo;
	unsigned offset;
	size_t len;

	*bits = 0;
	if (*start == 0) {
		++*p;
		return true;
	}
	memo = &memos[(uint32_t)x * UINT32_C(0x9e3779b1) >>
		      (32 - LIST_MEMOS_LOG2)];
	if (((x ^ memo->bytes) & memo->mask) == 0 &&
	    memo->bits >> 1 >> ((size >> shift) - 1) == 0) {
		*bits = memo->bits;
		*p += memo->len;
		return true;
	}
	for (; **p == FIELD_PTR; *bits |= UINT64_C(1) << offset) {
		++*p;
		offset = parse_small(p);
		if (offset >= size || (offset & ((1u << shift) - 1)) != 0)
			return false;
		offset >>= shift;
	}
	if (*(*p)++ != 0)
		return false;
	len = (size_t)(*p - start);
	if (len <= sizeof(x))
		*memo = (struct list_memo){ x, low_bytes((unsigned)len), *bits,
					    (unsigned)len };
	return true;
}

/*
 * Nearly all of a dump: a small object, with plain pointer fields, that is
 * in the buffer whole. Reads past the buffer's end into its pad of zeros,
 * which end any varint and any list, and looks only then whether it did.
 */
static inline __attribute__((always_inline)) bool
parse_fast(struct dump *dump, struct record *record, const unsigned shift)
{
	struct object *object = &record->object;
	const uint8_t *p, *contents;
	uint64_t address, bits;
	unsigned size;

	do {
		p = dump->in.pos;
		if (*p++ != RECORD_OBJECT)
			return false;
		address = parse_address(&dump->address_memo, &p);
		size = parse_small(&p);
		if (address == 0 || size - 1 >= dump->fast_limit ||
		    (size & ((1u << shift) - 1)) != 0)
			return false;
		contents = p;
		p += size;
		if (!parse_list(dump->list_memos, &p, size, shift, &bits) ||
		    p > dump->in.end)
			return false;
		dump->in.pos = p;
	} while (dump->padded_slots &&
		 slot_is_bogus(dump, address, size, bits != 0) &&
		 ++dump->dropped);

	record->kind = RECORD_OBJECT;
	record->chunks = NULL;
	object->address = address;
	object->size = size;
	object->type = 0;
	object->kind = OBJECT_REGULAR;
	object->memory.contents = (struct bytes){ contents, size };
	object->memory.pointers = (struct bytes){ dump->bitmap, 0 };
	object->memory.packed = false;
	if (bits) {
		bits = htole64(bits);
		memcpy(dump->bitmap, &bits, sizeof(bits));
		object->memory.pointers.len = ((size >> shift) + 7) / 8;
	}
	return true;
}

bool object_fast(struct dump *dump, struct record *record)
{
	return dump->word_shift == 3 ? parse_fast(dump, record, 3)
				     : parse_fast(dump, record, 2);
}
