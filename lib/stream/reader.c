#include "stream/stream.h"

#include <endian.h>
#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/item.h"

enum {
	SELF_DESCRIBED = 55799
}; /* RFC 8949, 3.4.6 */

static int broken(struct stream_in *in, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int broken(struct stream_in *in, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(in->reason, sizeof(in->reason), format, arguments);
	va_end(arguments);
	in->state = STREAM_BROKEN;
	in->record = NULL;
	return -1;
}

static int broken_end(struct stream_in *in)
{
	if (in->in.error)
		return broken(in, "reading failed: %s", strerror(in->in.error));
	if (!in->in.eof)
		return broken(in,
			      "record %" PRIu64 " is larger than 1 MiB: send "
			      "its byte strings in chunks, see "
			      "gohat-stream(5)",
			      in->records + 1);
	return broken(in,
		      "the stream ends in or after record %" PRIu64
		      ", without an end record: the program before this one "
		      "in the pipe failed or was killed",
		      in->records);
}

static int broken_at(struct stream_in *in, const struct items *items)
{
	return broken(in, "record %" PRIu64 ", at byte %" PRIu64 ": %s",
		      in->records + 1, input_offset(&in->in, items->p),
		      items->why);
}

/* Whether to parse again, with more input, what ended in `items`. False
 * where that was OK, or the stream broke. */
static bool retry(struct stream_in *in, const struct items *items)
{
	if (items->state == ITEMS_OK)
		return false;
	if (items->state == ITEMS_BAD)
		(void)broken_at(in, items);
	else if (input_more(&in->in) > 0)
		return true;
	else
		(void)broken_end(in);
	return false;
}

/* The length of an array, of which each element is a byte at least. */
static size_t array_length(struct items *items)
{
	struct item array = item_expect(items, ITEM_ARRAY, "no array");

	if (array.value > INPUT_MAX)
		items_bad(items, "an array of more than 1 MiB");
	else if (array.value > (size_t)(items->end - items->p))
		items->state = ITEMS_SHORT;
	return items->state == ITEMS_OK ? array.value : 0;
}

static uint64_t get_uint(struct items *items)
{
	return item_expect(items, ITEM_UINT, "no unsigned integer").value;
}

/* Text that is not UTF-8 comes as bytes, text that is unknown as null. */
static struct text get_text(struct items *items)
{
	struct item item = item_next(items);

	if (item.type != ITEM_TEXT && item.type != ITEM_BYTES &&
	    item.type != ITEM_NULL)
		items_bad(items, "no text");
	return (struct text){ (const char *)item.bytes.data, item.bytes.len };
}

static struct numbers get_numbers(struct stream_in *in, struct items *items)
{
	size_t n = array_length(items);
	uint64_t *numbers = record_numbers(&in->arrays, n);

	for (size_t i = 0; i < n; i++)
		numbers[i] = get_uint(items);
	return (struct numbers){ numbers, n };
}

static struct calls get_calls(struct stream_in *in, struct items *items)
{
	size_t n = array_length(items);
	struct call *calls;

	if (n % 3 != 0)
		items_bad(items, "a stack that is not of function, file, line");
	calls = record_calls(&in->arrays, n / 3);
	for (size_t i = 0; i < n / 3; i++) {
		calls[i].function = get_text(items);
		calls[i].file = get_text(items);
		calls[i].line = get_uint(items);
	}
	return (struct calls){ calls, n / 3 };
}

/* Memory of indefinite length is left to record_chunk(): true. */
static bool get_memory(struct stream_in *in, struct items *items,
		       struct record *record, struct bytes *bytes)
{
	struct item item = item_next(items);

	if (item.type == ITEM_BYTES)
		*bytes = item.bytes;
	else if (item.type != ITEM_BYTES_START)
		items_bad(items, "no byte string");
	else if (bytes != &record_memory(record)->contents)
		items_bad(items, "pointers in chunks, contents not");
	else
		record->chunks = &in->source;
	return record->chunks != NULL;
}

/* Parse members up to the record's end, or up to its chunks: true. */
static bool get_members(struct stream_in *in, struct items *items,
			struct record *record)
{
	const struct schema *schema = &record_schema[record->kind];

	for (; in->member < schema->len; in->member++) {
		const struct member *member = &schema->members[in->member];
		void *value = (char *)record + member->offset;

		if (in->left-- == 0)
			items_bad(items, "too few members");
		switch (member->type) {
		case MEMBER_UINT:
		case MEMBER_ADDRESS:
			*(uint64_t *)value = get_uint(items);
			break;
		case MEMBER_BOOL:
			*(bool *)value =
			    item_expect(items, ITEM_BOOL, "no boolean").value;
			break;
		case MEMBER_TEXT:
			*(struct text *)value = get_text(items);
			break;
		case MEMBER_NUMBERS:
			*(struct numbers *)value = get_numbers(in, items);
			break;
		case MEMBER_CALLS:
			*(struct calls *)value = get_calls(in, items);
			break;
		case MEMBER_POINTERS:
			/* Those of chunks are for record_chunk() to read. */
			if (record->chunks)
				return true;
			/* fall through */
		case MEMBER_CONTENTS:
			if (get_memory(in, items, record, value))
				return true;
			break;
		}
	}
	return false;
}

/* What the codec relies on; a view may rely on it too. */
static void check_memory(struct stream_in *in, struct items *items,
			 struct record *record)
{
	struct memory *memory = record_memory(record);
	uint64_t size;

	if (!memory)
		return;
	size = memory->contents.len;
	if (record->kind == RECORD_OBJECT) {
		if (record->object.kind >= OBJECT_KINDS)
			items_bad(items, "an object of unknown kind");
		if (size > record->object.size)
			items_bad(items, "contents larger than their object");
		size = record->object.size;
	}
	if (memory->pointers.len != 0 && !record->chunks &&
	    memory->pointers.len != bitmap_size(size, in->params.pointer_size))
		items_bad(items, "a bitmap that does not fit its contents");
}

static void get_record(struct stream_in *in, struct items *items,
		       struct record *record)
{
	struct item array =
	    item_expect(items, ITEM_ARRAY, "a record that is no array");
	uint64_t kind = get_uint(items);

	*record = (struct record){ .kind = (enum record_kind)kind };
	if (array.value == 0 || kind >= RECORD_KIND_LIMIT ||
	    (kind == RECORD_PARAMS && in->state == STREAM_RECORDS))
		items_bad(items, "a record of a kind that cannot be here");
	if (items->state != ITEMS_OK)
		return;
	in->left = array.value - 1;
	in->member = 0;
	in->record = NULL;
	if (kind < RECORD_KINDS && get_members(in, items, record))
		in->record = record;
	check_memory(in, items, record);
	while (!in->record && in->left > 0 && items->state == ITEMS_OK) {
		item_skip(items);
		in->left--;
	}
}

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

/*
 * An object record of seven items whose address has 64 bits, in the buffer
 * whole. Reads heads in the pad behind the buffer, and looks then whether it
 * did. False leaves the input where it was, for get_record().
 */
static inline bool object_fast(struct stream_in *in, struct record *record)
{
	const uint8_t *p = in->in.pos, *end = in->in.end;
	struct object *object = &record->object;
	bool good = p[0] == 0x87 && p[1] == RECORD_OBJECT && p[2] == 0x1b;
	struct bytes contents, pointers;
	uint64_t address;

	if (!good)
		return false;
	memcpy(&address, p + 3, sizeof(address));
	p += 3 + sizeof(address);
	object->address = be64toh(address);
	object->size = head(&p, 0, &good);
	object->type = head(&p, 0, &good);
	object->kind = head(&p, 0, &good);
	contents.len = head(&p, 2, &good);
	contents.data = p;
	if (!good || p > end || contents.len > (size_t)(end - p))
		return false;
	p += contents.len;
	pointers.len = head(&p, 2, &good);
	pointers.data = p;
	if (!good || p > end || pointers.len > (size_t)(end - p) ||
	    object->kind >= OBJECT_KINDS || contents.len > object->size ||
	    (pointers.len != 0 &&
	     pointers.len !=
		 bitmap_size(object->size, in->params.pointer_size)))
		return false;
	record->kind = RECORD_OBJECT;
	record->chunks = NULL;
	object->memory.contents = contents;
	object->memory.pointers = pointers;
	in->in.pos = p + pointers.len;
	return true;
}

/* One item of a chunked record; ITEM_NONE where the stream broke. */
static struct item chunk_item(struct stream_in *in)
{
	struct items items;
	struct item item;

	do {
		items = items_at(&in->in);
		item = item_next(&items);
		if (item.type != ITEM_BYTES && item.type != ITEM_BREAK &&
		    item.type != ITEM_BYTES_START)
			items_bad(&items, "no byte string among its chunks");
	} while (retry(in, &items));
	if (items.state != ITEMS_OK)
		return (struct item){ ITEM_NONE, 0, { 0 } };
	in->in.pos = items.p;
	return item;
}

/* The next chunk of an indefinite string: 1, 0 at its end, -1 broken. */
static int next_chunk(struct stream_in *in, struct bytes *chunk)
{
	struct item item;

	do
		item = chunk_item(in);
	while (item.type == ITEM_BYTES && item.bytes.len == 0);
	*chunk = item.bytes;
	if (item.type == ITEM_BYTES_START)
		return broken(in, "record %" PRIu64 ": a string in a string",
			      in->records);
	return item.type == ITEM_NONE ? -1 : item.type == ITEM_BYTES;
}

/* Resume a record behind its contents, or (`behind`) behind its pointers. */
static int rest_of_record(struct stream_in *in, bool behind)
{
	const size_t member = in->member + 1;
	const uint64_t left = in->left;
	struct items items;

	do {
		items = items_at(&in->in);
		in->member = member;
		in->left = left;
		if (!behind)
			(void)get_members(in, &items, in->record);
		for (; behind && in->left > 0; in->left--)
			item_skip(&items);
	} while (retry(in, &items));
	if (items.state != ITEMS_OK)
		return -1;
	in->in.pos = items.p;
	return 0;
}

static int end_chunks(struct stream_in *in)
{
	const struct record *record = in->record;
	uint64_t size = in->contents_len;

	in->part = CHUNKS_NONE;
	if (rest_of_record(in, true) < 0)
		return -1;
	if (record->kind == RECORD_OBJECT)
		size = record->object.size;
	if (in->contents_len > size ||
	    (in->pointers_len != 0 &&
	     in->pointers_len != bitmap_size(size, in->params.pointer_size)))
		return broken(in,
			      "record %" PRIu64 ": contents or a bitmap that "
			      "do not fit their size",
			      in->records);
	return 0;
}

/* A bitmap of up to CHUNK_SIZE is one string, a larger one has chunks. */
static int first_pointers(struct stream_in *in, struct bytes *chunk)
{
	struct item item = chunk_item(in);

	if (item.type == ITEM_BYTES) {
		in->part = CHUNKS_LAST;
		*chunk = item.bytes;
		return item.bytes.len > 0 ? 1 : end_chunks(in);
	}
	in->part = CHUNKS_POINTERS;
	if (item.type == ITEM_BYTES_START)
		return next_chunk(in, chunk);
	return item.type == ITEM_NONE
		   ? -1
		   : broken(in, "record %" PRIu64 ": a break too many",
			    in->records);
}

static int chunk_next(struct chunk_source *source, struct bytes *chunk)
{
	struct stream_in *in =
	    (struct stream_in *)((char *)source -
				 offsetof(struct stream_in, source));
	int got = in->state == STREAM_BROKEN ? -1 : 0;

	switch (in->part) {
	case CHUNKS_CONTENTS:
		got = next_chunk(in, chunk);
		in->contents_len += got > 0 ? chunk->len : 0;
		if (got == 0) {
			in->part = CHUNKS_FIRST_POINTERS;
			got = rest_of_record(in, false);
		}
		break;
	case CHUNKS_FIRST_POINTERS:
		got = first_pointers(in, chunk);
		in->pointers_len = got > 0 ? chunk->len : 0;
		break;
	case CHUNKS_POINTERS:
		got = next_chunk(in, chunk);
		in->pointers_len += got > 0 ? chunk->len : 0;
		if (got == 0)
			got = end_chunks(in);
		break;
	case CHUNKS_LAST:
		got = end_chunks(in);
		break;
	case CHUNKS_NONE:
		break;
	}
	if (got < 0)
		in->part = CHUNKS_NONE;
	return got;
}

static int skip_chunks(struct stream_in *in)
{
	struct bytes chunk;
	int got = 0;

	while (in->part != CHUNKS_NONE && got >= 0)
		got = chunk_next(&in->source, &chunk);
	return got;
}

static struct text own_text(struct text text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		err(1, "params");
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return (struct text){ copy, text.len };
}

static int check_params(struct stream_in *in, const struct params *params)
{
	in->params = *params;
	in->params.format = own_text(params->format);
	in->params.runtime = own_text(params->runtime);
	in->params.architecture = own_text(params->architecture);
	in->params.experiment = own_text(params->experiment);
	if (params->version != STREAM_VERSION)
		return broken(in,
			      "a record stream of version %" PRIu64
			      ": this gohat reads version %d",
			      params->version, STREAM_VERSION);
	if ((params->pointer_size != 4 && params->pointer_size != 8) ||
	    params->contents > CONTENTS_NONE)
		return broken(in, "a header with a pointer size or contents "
				  "that do not exist");
	return 0;
}

/* What to do with an input that does not start as a stream does. */
static int foreign(struct stream_in *in)
{
	const struct input *input = &in->in;
	size_t n = (size_t)(input->end - input->pos);

	if (input->error)
		return broken_end(in);
	if (n == 0)
		return broken(in, "nothing: the program before this one in "
				  "the pipe failed or wrote nothing");
	if (n >= 4 && memcmp(input->pos, "go1.", 4) == 0)
		return broken(in, "a heap dump, not yet a record stream: "
				  "put 'gohat-decode |' before this");
	return broken(in, "not a record stream: it comes from "
			  "'gohat-decode DUMP |'");
}

int stream_in_open(struct stream_in *in, int fd)
{
	static const uint8_t magic[] = { 0xd9, 0xd9, 0xf7 };
	struct record record;
	struct items items;

	*in = (struct stream_in){ .source.next = chunk_next };
	input_open(&in->in, fd);
	while (in->in.end - in->in.pos < 4 && input_more(&in->in) > 0)
		;
	if (memcmp(in->in.pos, magic, sizeof(magic)) != 0)
		return foreign(in);
	do {
		items = items_at(&in->in);
		if (item_next(&items).value != SELF_DESCRIBED)
			items_bad(&items, "a header that is none");
		get_record(in, &items, &record);
		if (record.kind != RECORD_PARAMS)
			items_bad(&items, "a header that is none");
	} while (retry(in, &items));
	if (items.state != ITEMS_OK)
		return -1;
	in->in.pos = items.p;
	return check_params(in, &record.params);
}

void stream_in_close(struct stream_in *in)
{
	input_close(&in->in);
	record_arrays_free(&in->arrays);
	free((void *)in->params.format.data);
	free((void *)in->params.runtime.data);
	free((void *)in->params.architecture.data);
	free((void *)in->params.experiment.data);
}

/* The end record must tell what came. */
static int check_end(struct stream_in *in, const struct end *end)
{
	struct text reason = end->reason;

	for (size_t i = 0; i < RECORD_KIND_LIMIT; i++) {
		uint64_t count = i < end->counts.len ? end->counts.data[i] : 0;
		if (count != in->counts[i])
			return broken(in,
				      "%" PRIu64 " records of kind %zu, but "
				      "its end record says %" PRIu64
				      ": it was tampered with on the way",
				      in->counts[i], i, count);
	}
	if (end->object_bytes != in->object_bytes)
		return broken(in,
			      "objects of %" PRIu64 " bytes, but its end "
			      "record says %" PRIu64
			      ": it was tampered with on the way",
			      in->object_bytes, end->object_bytes);
	in->complete = end->complete;
	if (!end->complete)
		snprintf(in->reason, sizeof(in->reason),
			 "broken at byte %" PRIu64 ": %.*s", end->offset,
			 (int)(reason.len < 256 ? reason.len : 256),
			 reason.data ? reason.data : "");
	return 0;
}

static int read_end(struct stream_in *in, const struct record *record)
{
	if (check_end(in, &record->end) < 0)
		return -1;
	in->state = STREAM_ENDED;
	return 1;
}

static int next_plain(struct stream_in *in, struct record *record)
{
	struct items items;

	do {
		items = items_at(&in->in);
		get_record(in, &items, record);
	} while (retry(in, &items));
	if (items.state != ITEMS_OK)
		return -1;
	in->in.pos = items.p;
	in->part = in->record ? CHUNKS_CONTENTS : CHUNKS_NONE;
	in->contents_len = in->pointers_len = 0;
	if (record->kind == RECORD_END)
		return read_end(in, record);
	in->counts[record->kind]++;
	in->records++;
	if (record->kind == RECORD_OBJECT)
		in->object_bytes += record->object.size;
	return 1;
}

static int check_eof(struct stream_in *in)
{
	if (in->in.pos == in->in.end && input_more(&in->in) == 0)
		return 0;
	return broken(in, "bytes behind the end record");
}

int stream_next(struct stream_in *in, struct record *record)
{
	if (in->state == STREAM_RECORDS && in->part == CHUNKS_NONE &&
	    !in->plain && object_fast(in, record)) {
		in->counts[RECORD_OBJECT]++;
		in->records++;
		in->object_bytes += record->object.size;
		return 1;
	}
	if (in->state == STREAM_BROKEN || skip_chunks(in) < 0)
		return -1;
	if (in->state == STREAM_ENDED)
		return check_eof(in);
	if (in->state == STREAM_RECORDS)
		return next_plain(in, record);
	in->state = STREAM_RECORDS;
	in->counts[RECORD_PARAMS] = in->records = 1;
	*record =
	    (struct record){ .kind = RECORD_PARAMS, .params = in->params };
	return 1;
}
