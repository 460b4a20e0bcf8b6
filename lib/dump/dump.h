/*
 * lib/dump/dump.h: read a Go heap dump, of any Go version, as records.
 *
 * The format is what runtime/heapdump.go writes (heapdump.c before Go 1.4).
 * Everything that depends on a version, a word size, a byte order or a bug of
 * some runtime ends here: nobody else asks which Go it was.
 *
 *   dump.c     opening, the loop over records, how a dump ends
 *   break.c    how a dump breaks
 *   object.c   object records: the fast path, the plain path, bogus slots
 *   parse.c    every other kind of record
 *   memory.c   contents and bitmaps; what is too large to be held
 *   walk.c     where the pointers are, by lists and by types
 *   types.c    type addresses to ids and layouts
 *   resync.c   Go 1.5's endless type names
 *   foreign.c  what a file that is no heap dump looks like
 *   cursor.h   varints and strings within bounds
 *   priv.h     what these files share
 */
#ifndef GOHAT_DUMP_H
#define GOHAT_DUMP_H

#include "io/input.h"
#include "record/record.h"

struct dump_type;

/* Gives the offsets of the pointers in some memory, one by one. */
struct pointer_walk {
	uint64_t size; /* bytes of that memory */
	bool has_next;
	uint64_t next; /* where has_next: given first */
	/* Go 1.3 objects: a type that repeats, and where in it we stand. */
	const struct dump_type *type;
	uint64_t base, stride, index;
	const uint8_t *contents; /* to look at interfaces, or NULL */
};

enum memory_part {
	PART_NONE,
	PART_CONTENTS,
	PART_POINTERS,
};

/* A record whose memory is handed out in chunks. */
struct dump_chunks {
	struct chunk_source source;
	enum memory_part part;
	struct record *record;
	uint64_t left;	    /* bytes of contents still in the file */
	uint64_t suspect;   /* of those, what a cut write(2) did not write */
	uint64_t size;	    /* of the whole contents */
	uint64_t bitmap_at; /* bytes of the bitmap already given */
	bool has_held;	    /* a pointer behind those, met too early: */
	uint64_t held;
	struct pointer_walk walk;
	bool walked;	  /* to its end */
	bool no_pointers; /* the contents were cut: too few for a bitmap */
	uint8_t bitmap[CHUNK_SIZE];
};

/* What the fast path parsed before, to know it again: where the bytes of the
 * input under `mask` are these, they mean the same and are `len` long. */
struct address_memo {
	uint64_t bytes, mask;
	uint64_t high; /* the address but its lowest 14 bits */
	unsigned len;
};

enum { LIST_MEMOS_LOG2 = 6 };

struct list_memo {
	uint64_t bytes, mask;
	uint64_t bits;
	unsigned len;
};

struct dump {
	struct input in;
	struct params params;
	struct text architecture, version; /* owned; params has parts of them */
	/*
	 * Set by the caller, before the first dump_next(): take the general
	 * path for every object. The records are the same (tests say so).
	 */
	bool plain;
	bool fast; /* the next record may be one for the fast path */

	char format_name[6];   /* "go1.7" */
	unsigned format;       /* minor version in the header: 3 to 7 */
	unsigned word_shift;   /* log2 of the pointer size */
	bool padded_slots;     /* Go 1.22+: slots behind a span's objects */
	bool inline_marks;     /* Go 1.26+: Green Tea's marks in a span */
	unsigned header_above; /* Go 1.22+: size of slots without a header */
	unsigned fast_limit;   /* largest object of the fast path */
	uint16_t page_limits[2][2]; /* where slots end: pointers, >= 16 */

	struct address_memo address_memo;
	struct list_memo list_memos[1 << LIST_MEMOS_LOG2];

	uint64_t page;	    /* of the last small slot */
	bool page_pointers; /* a slot of that page had a field */
	uint64_t dropped;
	uint64_t cut; /* contents that the runtime wrote short */

	void *types;	       /* tree of struct dump_type by address */
	uint64_t type_entries; /* there; TYPES_MAX at most */
	uint64_t type_count;   /* of those with an id */
	uint64_t new_type;     /* address met by a record, not yet announced */
	bool lost_name; /* the record parsed is a Go 1.5 type to resync */

	uint64_t goroutine; /* address of the last one */
	struct record_arrays arrays;
	uint8_t bitmap[CHUNK_SIZE / 4 / 8];
	struct dump_chunks chunks;

	enum {
		DUMP_BEGIN,
		DUMP_RECORDS,
		DUMP_END,
	} state;
	bool broken;
	bool reported;	  /* by an end record */
	uint64_t offset;  /* where the dump ended or broke */
	char reason[256]; /* why it broke; or why it could not be opened */
};

/*
 * Start reading the dump at `fd`, up to its params record.
 * Returns 0; or -1 and `reason`, one sentence for the user: what the input
 * looks like and what to do, if it is no heap dump.
 */
int dump_open(struct dump *dump, int fd);
void dump_close(struct dump *dump);

/*
 * The next record: 1, or 0 when there is none. The first is the params, the
 * last the end record, also where the dump broke: its `complete` says so.
 */
int dump_next(struct dump *dump, struct record *record);

#endif
