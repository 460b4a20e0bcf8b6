/* lib/dump/priv.h: what the files of this room share, and nobody else. */
#ifndef GOHAT_DUMP_PRIV_H
#define GOHAT_DUMP_PRIV_H

#include "dump/cursor.h"
#include "dump/dump.h"

/* types.c: what is known of a type, or (Go 1.3) of an itab's. */
struct dump_type {
	uint64_t address; /* of the type, or of the itab */
	uint64_t id;	  /* 0: none yet */
	uint64_t size;
	bool indirect;
	struct numbers fields; /* owned */
};

/* The type at `address`, or NULL. */
struct dump_type *dump_type_find(struct dump *dump, uint64_t address);
/* The same; made if there is none. NULL: there are TYPES_MAX already. */
struct dump_type *dump_type_add(struct dump *dump, uint64_t address);
/* Its id: the next one, if it has none yet. */
uint64_t dump_type_number(struct dump *dump, struct dump_type *type);
/* The id for a record to carry. 0 for address 0, and for a type not yet met:
 * the latter is left in dump->new_type, to be announced before the record. */
uint64_t dump_type_id(struct dump *dump, uint64_t address);
void dump_types_free(struct dump *dump);

/* object.c: once, when the dump's version and word size are known. */
void object_set_limits(struct dump *dump);
/* False leaves the input where it was, for parse_object(). */
bool object_fast(struct dump *dump, struct record *record);
void object_parse(struct dump *dump, struct cursor *c, struct record *record);
/* Whether the object just parsed is a slot that its span does not use. */
bool object_is_bogus(struct dump *dump, const struct record *record);

/* More than TYPES_MAX: why. */
extern const char too_many_types[];

/* parse.c: the record of `record->kind`, behind its tag. */
void dump_parse_record(struct dump *dump, struct cursor *c,
		       struct record *record);
void dump_parse_params(struct dump *dump, struct cursor *c);

/*
 * memory.c: contents of `size` bytes. Those over CHUNK_SIZE are left to
 * record_chunk(), with `record->chunks` set and the cursor before them.
 */
struct bytes memory_contents(struct dump *dump, struct cursor *c,
			     struct record *record, uint64_t size);
/* The bitmap of held contents, from `walk` over their pointers. */
struct bytes memory_pointers(struct dump *dump, struct cursor *c,
			     struct pointer_walk walk);
/* The members of a stackframe between its contents and its fields. */
void memory_frame_rest(struct cursor *c, struct stackframe *frame);
/* The chunk_source of a dump's records. */
int memory_next(struct chunk_source *source, struct bytes *chunk);
/* Let go of what is left of a chunked record. */
void memory_skip(struct dump *dump);

/*
 * walk.c: start a walk over the field list at the cursor, or that of a Go 1.3
 * type (kind: enum object_kind). `contents` may be NULL.
 */
struct pointer_walk walk_list(uint64_t size, const uint8_t *contents);
struct pointer_walk walk_type(const struct dump *dump,
			      const struct dump_type *type, uint64_t kind,
			      uint64_t size, const uint8_t *contents);
/* The offset of the next pointer: 1; 0 at the end, or with a cursor that is
 * not OK and the walk where it was. Those that lie outside are left out. */
int walk_next(struct dump *dump, struct cursor *c, struct pointer_walk *walk,
	      uint64_t *offset);

/* resync.c: look for the end of the type record of `address`, whose name is
 * lost. Returns 1 and its flag, the input behind it; or as input_more(). */
int resync_type(struct dump *dump, uint64_t address, bool *indirect);

/* foreign.c: what to tell about a file that starts so and is no dump. */
void foreign_describe(const uint8_t *data, size_t n, char *text, size_t size);

/* break.c: whether to parse again, with more input, what ended in `c`. False
 * where that was OK, or the dump broke: at what is BAD, or at its end. */
bool dump_retry(struct dump *dump, const struct cursor *c);
/* The dump breaks: at the cursor, or (NULL) at the end of the input. */
void dump_break(struct dump *dump, const struct cursor *c);
/* Why, by printf's rules. */
void dump_set_reason(struct dump *dump, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
