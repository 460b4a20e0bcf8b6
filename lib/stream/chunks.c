/*
 * Memory that is too large to be held: byte strings of indefinite length,
 * read while they are handed out.
 */
#include "stream/priv.h"

#include <inttypes.h>

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
	} while (stream_retry(in, &items));
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
		return stream_broken(in,
				     "record %" PRIu64 ": a string in a string",
				     stream_records(in));
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
			(void)stream_parse_members(in, &items, in->record);
		for (; behind && in->left > 0 && items.state == ITEMS_OK;
		     in->left--)
			item_skip(&items);
	} while (stream_retry(in, &items));
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
		return stream_broken(in,
				     "record %" PRIu64
				     ": contents or a bitmap that "
				     "do not fit their size",
				     stream_records(in));
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
		       : stream_broken(in,
				       "record %" PRIu64 ": a break too many",
				       stream_records(in));
}

int chunks_next(struct chunk_source *source, struct bytes *chunk)
{
	struct stream_in *in =
		(struct stream_in *)((char *)source -
				     offsetof(struct stream_in, source));
	int got = in->state == STREAM_BROKEN ? -1 : 0;

	*chunk = (struct bytes){ 0 };
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

int chunks_skip(struct stream_in *in)
{
	struct bytes chunk;
	int got = 0;

	while (in->part != CHUNKS_NONE && got >= 0)
		got = chunks_next(&in->source, &chunk);
	return got;
}
