#include "stream/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/priv.h"

static int check_params(struct stream_in *in, const struct params *params)
{
	in->params = *params;
	in->params.format = text_copy(params->format);
	in->params.runtime = text_copy(params->runtime);
	in->params.architecture = text_copy(params->architecture);
	in->params.experiment = text_copy(params->experiment);
	if (params->version != STREAM_VERSION)
		return stream_broken(in,
				     "a record stream of version %" PRIu64
				     ": this gohat reads version %d",
				     params->version, STREAM_VERSION);
	if ((params->pointer_size != 4 && params->pointer_size != 8) ||
	    params->contents > CONTENTS_NONE)
		return stream_broken(in,
				     "a header with a pointer size or contents "
				     "that do not exist");
	return 0;
}

/* What to do with an input that does not start as a stream does. */
static int foreign(struct stream_in *in)
{
	const struct input *input = &in->in;
	size_t n = (size_t)(input->end - input->pos);

	if (input->error)
		return stream_broken_end(in);
	if (n == 0)
		return stream_broken(in,
				     "nothing: the program before this one in "
				     "the pipe failed or wrote nothing");
	if (n >= 4 && memcmp(input->pos, "go1.", 4) == 0)
		return stream_broken(in,
				     "a heap dump, not yet a record stream: "
				     "put 'gohat-decode |' before this");
	return stream_broken(in, "not a record stream: it comes from "
				 "'gohat-decode DUMP |'");
}

int stream_in_open(struct stream_in *in, int fd)
{
	static const uint8_t magic[] = { 0xd9, 0xd9, 0xf7 };
	struct record record;
	struct items items;

	*in = (struct stream_in){ .source.next = chunks_next };
	in->tail_memo.mask[0] = UINT64_MAX;
	in->tail_memo.contents = UINT64_MAX;
	input_open(&in->in, fd);
	while (in->in.end - in->in.pos < 4 && input_more(&in->in) > 0)
		;
	if (memcmp(in->in.pos, magic, sizeof(magic)) != 0)
		return foreign(in);
	do {
		items = items_at(&in->in);
		if (item_next(&items).value != SELF_DESCRIBED)
			items_bad(&items, "a header that is none");
		stream_parse_record(in, &items, &record);
		if (record.kind != RECORD_PARAMS)
			items_bad(&items, "a header that is none");
	} while (stream_retry(in, &items));
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
			return stream_broken(in,
					     "%" PRIu64
					     " records of kind %zu, but "
					     "its end record says %" PRIu64
					     ", see gohat-stream(5)",
					     in->counts[i], i, count);
	}
	if (end->object_bytes != in->object_bytes)
		return stream_broken(
			in,
			"objects of %" PRIu64 " bytes, but its end "
			"record says %" PRIu64 ", see gohat-stream(5)",
			in->object_bytes, end->object_bytes);
	in->complete = end->complete;
	in->cut = end->cut;
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

static inline void count(struct stream_in *in, const struct record *record)
{
	in->counts[record->kind]++;
	if (record->kind == RECORD_OBJECT)
		in->object_bytes += record->object.size;
}

static int next_plain(struct stream_in *in, struct record *record)
{
	struct items items;

	do {
		items = items_at(&in->in);
		stream_parse_record(in, &items, record);
	} while (stream_retry(in, &items));
	if (items.state != ITEMS_OK)
		return -1;
	in->in.pos = items.p;
	in->part = in->record ? CHUNKS_CONTENTS : CHUNKS_NONE;
	in->contents_len = in->pointers_len = 0;
	if (record->kind == RECORD_END)
		return read_end(in, record);
	count(in, record);
	return 1;
}

static int check_eof(struct stream_in *in)
{
	if (in->in.pos == in->in.end && input_more(&in->in) == 0)
		return 0;
	return stream_broken(in, "bytes behind the end record");
}

int stream_next(struct stream_in *in, struct record *record)
{
	if (in->state == STREAM_RECORDS && in->part == CHUNKS_NONE &&
	    !in->plain && object_get_fast(in, record)) {
		count(in, record);
		return 1;
	}
	if (in->state == STREAM_BROKEN || chunks_skip(in) < 0)
		return -1;
	if (in->state == STREAM_ENDED)
		return check_eof(in);
	if (in->state == STREAM_RECORDS)
		return next_plain(in, record);
	in->state = STREAM_RECORDS;
	in->counts[RECORD_PARAMS] = 1;
	*record =
		(struct record){ .kind = RECORD_PARAMS, .params = in->params };
	return 1;
}
