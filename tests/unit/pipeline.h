/*
 * tests/unit/pipeline.h: what programs do with a dump and its stream, here in
 * one process: each time by the fast paths or by the general ones (`plain`).
 */
#ifndef GOHAT_TEST_PIPELINE_H
#define GOHAT_TEST_PIPELINE_H

#include <stdio.h>

#include "buffer.h"
#include "dump/dump.h"
#include "stream/stream.h"

/* How a reader came to its end. */
struct outcome {
	bool opened;   /* it is a dump, or a stream */
	bool whole;    /* it was read to its end record */
	bool complete; /* which says that the dump was complete */
	uint64_t offset;
	char reason[512];
};

/* A dump's stream. Empty if it is no dump. */
static inline struct buffer decode(const struct buffer *bytes, bool plain,
				   enum contents_mode mode,
				   struct outcome *outcome)
{
	static struct dump dump;
	static struct stream_out out;
	int in_fd = file_of(bytes->data, bytes->len), out_fd = file_of("", 0);
	struct record record;

	*outcome = (struct outcome){ .opened = dump_open(&dump, in_fd) == 0 };
	if (outcome->opened) {
		dump.plain = plain;
		dump.params.contents = mode;
		stream_out_open(&out, out_fd);
		out.plain = plain;
		while (dump_next(&dump, &record) > 0) {
			if (stream_put(&out, &record) < 0)
				abort();
			outcome->whole |= record.kind == RECORD_END;
		}
		if (stream_out_close(&out) < 0)
			abort();
	}
	outcome->complete = outcome->whole && !dump.broken;
	outcome->offset = dump.offset;
	snprintf(outcome->reason, sizeof(outcome->reason), "%s", dump.reason);
	dump_close(&dump);
	close(in_fd);
	return read_file(out_fd);
}

/* What a filter that lets pass all that it knows makes of a stream. */
static inline struct buffer pass(const struct buffer *bytes, bool plain,
				 struct outcome *outcome)
{
	static struct stream_in in;
	static struct stream_out out;
	int in_fd = file_of(bytes->data, bytes->len), out_fd = file_of("", 0);
	struct record record;
	int got = 0;

	*outcome =
		(struct outcome){ .opened = stream_in_open(&in, in_fd) == 0 };
	if (outcome->opened) {
		in.plain = plain;
		stream_out_open(&out, out_fd);
		out.plain = plain;
		while ((got = stream_next(&in, &record)) > 0)
			if (record.kind < RECORD_KINDS &&
			    stream_put(&out, &record) < 0)
				abort();
		if (stream_out_close(&out) < 0)
			abort();
	}
	outcome->whole = outcome->opened && got == 0;
	outcome->complete = outcome->whole && in.complete;
	snprintf(outcome->reason, sizeof(outcome->reason), "%s", in.reason);
	stream_in_close(&in);
	close(in_fd);
	return read_file(out_fd);
}

#endif
