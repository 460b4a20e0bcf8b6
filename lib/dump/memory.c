/*
 * Contents, and a bitmap of their pointers. What is over CHUNK_SIZE is read
 * while it is handed out.
 */
#include "dump/priv.h"

#include <string.h>

/* One Linux write(2) moves at most this, and the runtime ignores what is
 * left of an object then. Its count has 32 bits. (runtime/heapdump.go:79) */
#define WRITE_MAX UINT64_C(0x7ffff000)

static void set_bit(uint8_t *bitmap, uint64_t bit)
{
	bitmap[bit / 8] = (uint8_t)(bitmap[bit / 8] | 1u << bit % 8);
}

struct bytes memory_pointers(struct dump *dump, struct cursor *c,
			     struct pointer_walk walk)
{
	uint64_t len = bitmap_size(walk.size, dump->params.pointer_size);
	bool any = false;
	uint64_t offset;

	memset(dump->bitmap, 0, len);
	while (walk_next(dump, c, &walk, &offset)) {
		set_bit(dump->bitmap, offset >> dump->word_shift);
		any = true;
	}
	return (struct bytes){ dump->bitmap, any ? len : 0 };
}

struct bytes memory_contents(struct dump *dump, struct cursor *c,
			     struct record *record, uint64_t size)
{
	struct dump_chunks *chunks = &dump->chunks;

	if (size <= CHUNK_SIZE)
		return cursor_bytes(c, size);
	record->chunks = &chunks->source;
	chunks->record = record;
	chunks->part = PART_CONTENTS;
	chunks->left = chunks->size = size;
	chunks->suspect = 0;
	if (size > WRITE_MAX) {
		uint64_t written = size & UINT32_MAX;
		chunks->suspect =
			size - (written > WRITE_MAX ? WRITE_MAX : written);
	}
	chunks->bitmap_at = 0;
	chunks->has_held = chunks->walked = chunks->no_pointers = false;
	chunks->walk = walk_list(size, NULL);
	return (struct bytes){ 0 };
}

/* Have `n` bytes behind the input's position, if the file has as many. */
static bool have(struct input *in, size_t n)
{
	while ((size_t)(in->end - in->pos) < n)
		if (input_more(in) <= 0)
			return false;
	return true;
}

/* Whether a record of this tag, that starts with `first`, comes behind the
 * chunked one. All of these start with an address, or a large number. */
static bool can_follow(const struct record *record, uint64_t tag,
		       uint64_t first)
{
	static const uint32_t followers[RECORD_KINDS] = {
		[RECORD_OBJECT] = 1u << RECORD_OBJECT | 1u << RECORD_TYPE |
				  1u << RECORD_GOROUTINE,
		[RECORD_DATA] = 1u << RECORD_BSS,
		[RECORD_BSS] = 1u << RECORD_FINALIZER |
			       1u << RECORD_QUEUEDFINALIZER |
			       1u << RECORD_MEMSTATS,
	};

	return tag < RECORD_KINDS && followers[record->kind] >> tag & 1 &&
	       first >= 4096;
}

/* Whether a field list and the next record can start here, as they do where
 * the contents before them were cut by write(2). */
static bool record_goes_on(struct dump *dump)
{
	struct pointer_walk walk = walk_list(dump->chunks.size, NULL);
	uint64_t offset, tag, first;
	struct cursor c;

	(void)have(&dump->in, CHUNK_SIZE);
	c = cursor_at(&dump->in);
	/* Go 1.3 lists the fields of an object in its type. */
	while (!dump->chunks.walk.type && walk_next(dump, &c, &walk, &offset))
		;
	tag = cursor_uint(&c);
	if (c.state == CURSOR_OK && tag == RECORD_END)
		return c.p == dump->in.end && input_more(&dump->in) == 0;
	first = cursor_uint(&c);
	if (c.state == CURSOR_OK)
		return can_follow(dump->chunks.record, tag, first);
	return c.state == CURSOR_SHORT;
}

/* The contents end here. What is written for their pointers must not grow
 * beyond them: a few bytes may claim any size. */
static void cut_contents(struct dump *dump)
{
	struct dump_chunks *chunks = &dump->chunks;
	uint64_t read = chunks->size - chunks->left;

	chunks->left = 0;
	dump->cut++;
	chunks->no_pointers =
		read < bitmap_size(chunks->size, dump->params.pointer_size);
	chunks->walked = chunks->no_pointers && chunks->walk.type;
}

static int contents_chunk(struct dump *dump, struct bytes *chunk)
{
	struct dump_chunks *chunks = &dump->chunks;
	uint64_t sure = chunks->left - chunks->suspect;
	size_t n;

	if (sure == 0 && chunks->suspect > 0) {
		if (record_goes_on(dump))
			cut_contents(dump);
		sure = chunks->left;
		chunks->suspect = 0;
	}
	n = sure < CHUNK_SIZE ? (size_t)sure : CHUNK_SIZE;
	if (!have(&dump->in, n)) {
		dump_break(dump, NULL);
		return -1;
	}
	*chunk = (struct bytes){ dump->in.pos, n };
	dump->in.pos += n;
	chunks->left -= n;
	return n > 0;
}

/* As walk_next(), with more input where that is short. -1: broken. */
static int walk_input(struct dump *dump, uint64_t *offset)
{
	struct dump_chunks *chunks = &dump->chunks;
	struct cursor c;
	int got;

	if (chunks->has_held) {
		chunks->has_held = false;
		*offset = chunks->held;
		return 1;
	}
	do {
		c = cursor_at(&dump->in);
		got = walk_next(dump, &c, &chunks->walk, offset);
	} while (dump_retry(dump, &c));
	if (c.state != CURSOR_OK)
		return -1;
	dump->in.pos = c.p;
	return got;
}

/* Nearly all of such a list: pointers that rise, in the buffer. Takes as many
 * of them as the bitmap covers; walk_input() takes all others. */
static int64_t fill_plain(struct dump *dump, uint64_t first, uint64_t bits)
{
	struct dump_chunks *chunks = &dump->chunks;
	const uint64_t word = dump->params.pointer_size;
	const uint8_t *p = dump->in.pos;
	int64_t count = 0;

	if (chunks->walk.type || chunks->walk.has_next || chunks->has_held ||
	    chunks->no_pointers || chunks->size < word)
		return 0;
	while (dump->in.end - p > 9 && *p == FIELD_PTR) {
		uint64_t x = load_bytes(p + 1), offset, bit;
		uint64_t ends = ~x & UINT64_C(0x8080808080808080);
		unsigned len =
			ends ? (unsigned)__builtin_ctzll(ends) / 8 + 1 : 8;

		offset = varint_value(x, len);
		bit = (offset >> dump->word_shift) - first;
		if (ends == 0 || bit >= bits || (offset & (word - 1)) != 0 ||
		    offset > chunks->size - word)
			break;
		set_bit(chunks->bitmap, bit);
		p += 1 + len;
		count++;
	}
	dump->in.pos = p;
	return count;
}

/* Fill the bitmap with those pointers that it covers. Returns how many, or
 * -1; the first beyond it is kept for the next. */
static int64_t fill_bitmap(struct dump *dump, uint64_t len)
{
	struct dump_chunks *chunks = &dump->chunks;
	uint64_t first = chunks->bitmap_at * 8, offset, bit;
	int64_t count = 0;
	int got = 0;

	memset(chunks->bitmap, 0, len);
	while (!chunks->walked) {
		count += fill_plain(dump, first, len * 8);
		got = walk_input(dump, &offset);
		if (got <= 0)
			break;
		bit = offset >> dump->word_shift;
		if (chunks->no_pointers)
			continue;
		if (bit < first) {
			struct cursor c = cursor_at(&dump->in);
			cursor_bad(&c, "pointer fields in no order");
			dump_break(dump, &c);
			got = -1;
			break;
		}
		count++;
		if (bit - first >= len * 8) {
			chunks->has_held = true;
			chunks->held = offset;
			return count;
		}
		set_bit(chunks->bitmap, bit - first);
	}
	chunks->walked = true;
	/* A bitmap of which a part is given goes on to its end, with zeros. */
	return got < 0 && chunks->bitmap_at == 0 ? -1 : count;
}

static int pointers_chunk(struct dump *dump, struct bytes *chunk)
{
	struct dump_chunks *chunks = &dump->chunks;
	uint64_t size = bitmap_size(chunks->size, dump->params.pointer_size);
	uint64_t left = size - chunks->bitmap_at;
	uint64_t len = left < CHUNK_SIZE ? left : CHUNK_SIZE;
	int64_t count;

	count = fill_bitmap(dump, len);
	if (count < 0)
		return -1;
	if (len == 0 || (count == 0 && chunks->bitmap_at == 0))
		return 0;
	chunks->bitmap_at += len;
	*chunk = (struct bytes){ chunks->bitmap, len };
	return 1;
}

void memory_frame_rest(struct cursor *c, struct stackframe *frame)
{
	frame->entry = cursor_uint(c);
	frame->pc = cursor_uint(c);
	frame->continuation_pc = cursor_uint(c);
	frame->function = cursor_text(c);
}

/* What stands between a stackframe's contents and its fields. */
static int read_frame_rest(struct dump *dump)
{
	struct record *record = dump->chunks.record;
	struct cursor c;

	if (record->kind != RECORD_STACKFRAME)
		return 0;
	do {
		c = cursor_at(&dump->in);
		memory_frame_rest(&c, &record->stackframe);
	} while (dump_retry(dump, &c));
	if (c.state != CURSOR_OK)
		return -1;
	dump->in.pos = c.p;
	return 0;
}

int memory_next(struct chunk_source *source, struct bytes *chunk)
{
	struct dump *dump =
		(struct dump *)((char *)source - offsetof(struct dump, chunks));
	int got = 0;

	if (dump->chunks.part == PART_CONTENTS) {
		got = contents_chunk(dump, chunk);
		if (got == 0)
			got = read_frame_rest(dump);
		if (got == 0)
			dump->chunks.part = PART_POINTERS;
	} else if (dump->chunks.part == PART_POINTERS) {
		got = pointers_chunk(dump, chunk);
		if (got == 0)
			dump->chunks.part = PART_NONE;
	}
	if (got < 0)
		dump->chunks.part = PART_NONE;
	return got;
}

void memory_skip(struct dump *dump)
{
	struct bytes chunk;

	while (dump->chunks.part != PART_NONE)
		(void)memory_next(&dump->chunks.source, &chunk);
}
