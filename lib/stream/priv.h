/* lib/stream/priv.h: what the files of this room share, and nobody else. */
#ifndef GOHAT_STREAM_PRIV_H
#define GOHAT_STREAM_PRIV_H

#include "stream/item.h"
#include "stream/stream.h"

enum {
	SELF_DESCRIBED = 55799, /* the header's tag (RFC 8949, 3.4.6) */
	HEAD_MAX = 9,		/* bytes of an item's head (RFC 8949, 3) */
};

/* broken.c: the stream breaks here: sets `reason`, returns -1. */
int stream_broken(struct stream_in *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, for want of bytes: why there are no more. */
int stream_broken_end(struct stream_in *in);
/* Whether to parse again, with more input, what ended in `items`. False
 * where that was OK, or the stream broke. */
bool stream_retry(struct stream_in *in, const struct items *items);
/* How many records came: the number of the last one. */
uint64_t stream_records(const struct stream_in *in);

/*
 * members.c: a record, from its array's head on. Where its memory comes in
 * chunks it ends before the first of them, and in->record is set.
 */
void stream_parse_record(struct stream_in *in, struct items *items,
			 struct record *record);
/* Members from in->member on, up to the record's end or its chunks: true. */
bool stream_parse_members(struct stream_in *in, struct items *items,
			  struct record *record);

/* chunks.c: the chunk_source of a stream's records. */
int chunks_next(struct chunk_source *source, struct bytes *chunk);
/* Go over what is left of a chunked record: 0, or -1 broken. */
int chunks_skip(struct stream_in *in);

/* reduce.c: leave out of a record what out->params.contents says. */
void reduce_record(struct stream_out *out, struct record *record);
/* Held contents become packed, in a buffer of `out`. */
void reduce_to_pointers(struct stream_out *out, struct memory *memory);

/*
 * object.c: nearly all objects, both ways. False leaves everything as it
 * was, for stream_parse_record() and for the writer's put_members().
 */
bool object_get_fast(struct stream_in *in, struct record *record);
bool object_put_fast(struct stream_out *out, const struct object *object);

#endif
