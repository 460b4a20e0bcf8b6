/*
 * lib/stream/stream.h: the record stream, gohat-stream(5).
 *
 * A CBOR sequence (RFC 8742) of arrays [kind, member, ...]: the params under
 * tag 55799 first, an end record that counts all others last. This is the
 * only room that includes cbor.h. The object record is nearly all of a
 * stream: it has a fast path on both sides, a small function each, which
 * reads and writes what libcbor would (tests/unit/stream.c compares them).
 *
 *   reader.c   opening, the loop over records, the checks at the end
 *   broken.c   how a stream breaks
 *   members.c  items to a record's members
 *   chunks.c   memory that is too large to be held
 *   writer.c   records to items
 *   reduce.c   what a contents mode leaves out
 *   object.c   the fast path, reading and writing
 *   item.h     one CBOR item, by libcbor's streaming decoder
 *   priv.h     what these files share
 */
#ifndef GOHAT_STREAM_H
#define GOHAT_STREAM_H

#include "io/input.h"
#include "io/output.h"
#include "record/record.h"

enum { STREAM_VERSION = 1 };

/* What the fast path parsed last, to know it again: where the bytes under
 * `mask` are these, they mean the same and are `len` long. */
struct tail_memo {
	uint64_t bytes[2], mask[2];
	uint64_t size, type, kind;
	uint64_t contents; /* their length */
	unsigned len;
};

struct stream_in {
	struct input in;
	/* Set before the first stream_next(): read objects by libcbor too. */
	bool plain;
	struct params params; /* its texts are owned */

	struct record_arrays arrays;
	uint64_t counts[RECORD_KIND_LIMIT];
	uint64_t object_bytes;
	struct tail_memo tail_memo;
	enum {
		STREAM_BEGIN,
		STREAM_RECORDS,
		STREAM_ENDED,
		STREAM_BROKEN,
	} state;

	struct chunk_source source;
	struct record *record; /* whose memory comes in chunks, or NULL */
	size_t member;	       /* of it: the last one parsed */
	uint64_t left;	       /* items of it still to come */
	enum {
		CHUNKS_NONE,
		CHUNKS_CONTENTS,
		CHUNKS_FIRST_POINTERS,
		CHUNKS_POINTERS,
		CHUNKS_LAST, /* the bitmap came as one */
	} part;
	uint64_t contents_len, pointers_len; /* so far */

	bool complete; /* as the end record says */
	uint64_t cut;
	/* What is wrong: of the stream where it broke, else of the dump. */
	char reason[512];
};

/*
 * Start reading the stream at `fd`, up to its header: `params` is set.
 * Returns 0, or -1 and `reason`: what the input looks like, what to do.
 */
int stream_in_open(struct stream_in *in, int fd);
void stream_in_close(struct stream_in *in);

/*
 * The next record: 1; 0 behind the end record; -1 and `reason` where the
 * stream breaks. The first record is the params, the last the end. Unknown
 * kinds are given too, without members. `record` must stay where it is while
 * its chunks are read.
 */
int stream_next(struct stream_in *in, struct record *record);

/* The heads of an object's size, type, kind and contents, made before. */
struct object_tail {
	uint64_t size, type;
	uint64_t contents_kind; /* length << 8 | kind */
	unsigned len;		/* of bytes; 0: none */
	uint8_t bytes[16];
};

struct stream_out {
	struct output out;
	/* Set before the first stream_put(): write objects by libcbor too. */
	bool plain;
	struct params params; /* as put; its texts are not kept */
	uint64_t counts[RECORD_KIND_LIMIT];
	uint64_t object_bytes;
	struct object_tail tails[256];
	struct object_tail *tail; /* of the last object, or NULL */
	uint8_t packed[CHUNK_SIZE];
};

void stream_out_open(struct stream_out *out, int fd);
/* Write what is buffered: 0, or -1 and errno in out.error. */
int stream_out_close(struct stream_out *out);

/*
 * Write a record, in the contents mode that the params named; chunks are
 * read from their source. Begin with the params and end with an end record:
 * version, counts and object bytes are filled in here, for what was written.
 * Returns 0, or -1 if writing failed: out.error is the errno.
 */
int stream_put(struct stream_out *out, struct record *record);

#endif
