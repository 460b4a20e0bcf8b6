/*
 * lib/record/record.h: what a heap dump says, for every Go version alike.
 *
 * A source fills these structs, the stream carries them, views print them.
 * Each kind's members stand in a table (record_schema) that the stream's
 * codec and gohat-json walk: a new member is one line here and one there.
 * gohat-stream(5) documents each of them for those who read the stream.
 *
 * Text and bytes are borrowed from the reader that filled the record: they
 * are valid until it is asked for the next record or chunk.
 */
#ifndef GOHAT_RECORD_H
#define GOHAT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tags of runtime/heapdump.go, where it has one. Stream and tests rely
 * on the numbers: append, never renumber. */
enum record_kind {
	RECORD_END = 0,
	RECORD_OBJECT = 1,
	RECORD_OTHERROOT = 2,
	RECORD_TYPE = 3,
	RECORD_GOROUTINE = 4,
	RECORD_STACKFRAME = 5,
	RECORD_PARAMS = 6,
	RECORD_FINALIZER = 7,
	RECORD_ITAB = 8,
	RECORD_OSTHREAD = 9,
	RECORD_MEMSTATS = 10,
	RECORD_QUEUEDFINALIZER = 11,
	RECORD_DATA = 12,
	RECORD_BSS = 13,
	RECORD_DEFER = 14,
	RECORD_PANIC = 15,
	RECORD_MEMPROF = 16,
	RECORD_ALLOCSAMPLE = 17,
	RECORD_TYPEADDRESS = 18, /* ours: a type of which only this is known */
	RECORD_KINDS,		 /* kinds known here */
	RECORD_KIND_LIMIT = 64,	 /* kinds that a stream may count */
};

struct text {
	const char *data; /* not terminated; NULL where it is not known */
	size_t len;
};

/* A copy, with a NUL behind it, for the caller to free; of NULL, NULL. Dies
 * without memory. */
struct text text_copy(struct text text);

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct numbers {
	const uint64_t *data;
	size_t len;
};

/* A copy, for the caller to free. Dies without memory. */
struct numbers numbers_copy(struct numbers numbers);

/* One level of a stack, as the memory profile tells it. */
struct call {
	struct text function;
	struct text file;
	uint64_t line;
};

struct calls {
	const struct call *data;
	size_t len;
};

/* How much of objects' contents a stream carries. */
enum contents_mode {
	CONTENTS_ALL,
	CONTENTS_POINTERS, /* up to CHUNK_SIZE: only the pointer words */
	CONTENTS_NONE,
};

/* Contents, and bitmaps, over this size travel in chunks of at most it. */
enum { CHUNK_SIZE = 64 * 1024 };

/*
 * The bytes at an address, and which of its words are pointers: bit i of
 * pointers[j] (least significant first) is word 8j+i of the contents. Empty
 * where there are none, else ceil(size / pointer size / 8) bytes long.
 */
struct memory {
	struct bytes contents;
	struct bytes pointers;
	bool packed; /* the contents are the pointers alone, side by side */
};

/* How a type lies in an object. */
enum object_kind {
	OBJECT_REGULAR,	     /* one value */
	OBJECT_ARRAY,	     /* values as many as fit */
	OBJECT_CHANNEL,	     /* a channel's header, then its elements */
	OBJECT_CONSERVATIVE, /* scanned conservatively: any word may point */
	OBJECT_KINDS,
};

struct object {
	uint64_t address; /* what %p prints: behind a malloc header */
	uint64_t size;	  /* bytes occupied, a malloc header included */
	uint64_t type;	  /* id, or 0 */
	uint64_t kind;	  /* enum object_kind */
	struct memory memory;
};

/* Kinds of the fields that Go 1.3 lists in types. */
enum field_kind {
	FIELD_PTR = 1,
	FIELD_STRING = 2,
	FIELD_SLICE = 3,
	FIELD_IFACE = 4,
	FIELD_EFACE = 5,
};

/* As many types as a stream, or a dump, may have: more is an attack. */
enum { TYPES_MAX = 65536 };

struct type {
	uint64_t id; /* counted from 1, up to TYPES_MAX */
	uint64_t address;
	uint64_t size;
	struct text name;
	bool indirect; /* an interface's data word for it is a pointer */
	struct numbers fields; /* field_kind, offset, field_kind, offset ... */
};

struct typeaddress {
	uint64_t id;
	uint64_t address;
};

struct itab {
	uint64_t address;
	uint64_t type; /* id, or 0 */
	bool indirect; /* Go 1.3; else as the type says */
};

struct otherroot {
	struct text description;
	uint64_t address;
};

/* Its stackframes, defers and panics follow it. */
struct goroutine {
	uint64_t address; /* of its runtime.g */
	uint64_t sp;
	uint64_t id;
	uint64_t creator_pc;
	uint64_t status; /* 1 runnable, 2 running, 3 syscall, 4 waiting */
	bool system;
	bool background;
	uint64_t wait_since; /* monotonic ns, often 0 */
	struct text wait_reason;
	uint64_t context;
	uint64_t thread; /* address of its runtime.m */
	uint64_t defer;
	uint64_t panic;
};

struct stackframe {
	uint64_t goroutine; /* address */
	uint64_t sp;
	uint64_t depth; /* 0 is the innermost */
	uint64_t child_sp;
	struct memory memory;
	uint64_t entry;
	uint64_t pc;
	uint64_t continuation_pc;
	struct text function;
};

/* Registered, and queued to run. */
struct finalizer {
	uint64_t object;
	uint64_t function; /* closure */
	uint64_t code;	   /* its entry */
	uint64_t function_type;
	uint64_t object_type;
};

struct osthread {
	uint64_t address; /* of its runtime.m */
	uint64_t id;
	uint64_t os_id;
};

/* runtime.MemStats, in the order of the dump. */
struct memstats {
	uint64_t alloc, total_alloc, sys, lookups, mallocs, frees;
	uint64_t heap_alloc, heap_sys, heap_idle, heap_inuse, heap_released;
	uint64_t heap_objects, stack_inuse, stack_sys, mspan_inuse, mspan_sys;
	uint64_t mcache_inuse, mcache_sys, buckhash_sys, gc_sys, other_sys;
	uint64_t next_gc, last_gc, pause_total_ns;
	struct numbers pause_ns;
	uint64_t num_gc;
};

/* The data or the bss segment. */
struct segment {
	uint64_t address;
	struct memory memory;
};

struct deferred {
	uint64_t address;
	uint64_t goroutine; /* address */
	uint64_t argp;
	uint64_t pc;
	uint64_t function; /* closure, or 0 */
	uint64_t code;
	uint64_t link;
};

struct panicking {
	uint64_t address;
	uint64_t goroutine; /* address */
	uint64_t arg_type;
	uint64_t arg_data;
	uint64_t defer;
	uint64_t link;
};

struct memprof {
	uint64_t bucket;
	uint64_t size;
	struct calls stack; /* innermost first */
	uint64_t allocs;
	uint64_t frees;
};

struct allocsample {
	uint64_t object; /* address */
	uint64_t bucket;
};

/* The stream's header: what dump it is, and what was left out of it. */
struct params {
	uint64_t version;    /* of the stream */
	struct text format;  /* "go1.7": the dump's header */
	struct text runtime; /* "go1.22.12", or empty: the dump did not say */
	uint64_t pointer_size;
	bool big_endian;
	uint64_t contents; /* enum contents_mode */
	uint64_t heap_start, heap_end;
	struct text architecture;   /* GOARCH */
	uint64_t architecture_code; /* of dumps that gave a letter, else 0 */
	struct text experiment;	    /* GOEXPERIMENT */
	uint64_t cpus;
	uint64_t channel_header_size; /* Go 1.3, else 0 */
};

/* The stream's end: what went before, and whether the dump was whole. */
struct end {
	bool complete;
	uint64_t offset;       /* in the dump, where it ended or broke */
	struct text reason;    /* why it broke */
	struct numbers counts; /* records by kind, this one not counted */
	uint64_t object_bytes; /* sum of the objects' sizes */
	uint64_t dropped;      /* slots of Go 1.22+ dumps that are no objects */
	uint64_t cut; /* objects, or segments, that the runtime wrote short */
};

/* Gives the next chunk of a record's memory: 1; 0 at the end of the part,
 * contents first and then pointers; -1 if the reader broke. */
struct chunk_source {
	int (*next)(struct chunk_source *source, struct bytes *chunk);
};

struct record {
	enum record_kind kind;
	/*
	 * Set where the memory is too large to be held: it is empty here and
	 * comes from record_chunk(). A stackframe's members that follow its
	 * memory are set when its contents have been read. A reader skips
	 * what nobody asked for.
	 */
	struct chunk_source *chunks;
	union {
		struct object object;
		struct type type;
		struct typeaddress typeaddress;
		struct itab itab;
		struct otherroot otherroot;
		struct goroutine goroutine;
		struct stackframe stackframe;
		struct finalizer finalizer;
		struct osthread osthread;
		struct memstats memstats;
		struct segment segment;
		struct deferred deferred;
		struct panicking panicking;
		struct memprof memprof;
		struct allocsample allocsample;
		struct params params;
		struct end end;
	};
};

static inline int record_chunk(struct record *record, struct bytes *chunk)
{
	return record->chunks->next(record->chunks, chunk);
}

/* The memory of a record that has one (contents and pointers), or NULL. */
struct memory *record_memory(struct record *record);

enum member_type {
	MEMBER_UINT,
	MEMBER_ADDRESS,
	MEMBER_BOOL,
	MEMBER_TEXT,
	MEMBER_NUMBERS,
	MEMBER_CALLS,
	MEMBER_CONTENTS,
	MEMBER_POINTERS,
};

struct member {
	const char *name;
	enum member_type type;
	size_t offset;		  /* in struct record */
	const char *const *names; /* of an enumeration's values, or NULL */
	size_t names_len;
};

/* The members of one kind, in the order of the stream. */
struct schema {
	const char *name;
	const struct member *members;
	size_t len;
};

/* By kind; every kind below RECORD_KINDS has one. */
extern const struct schema record_schema[RECORD_KINDS];

/* "regular", "array", "channel", "conservatively scanned", by object_kind. */
extern const char *const object_kind_name[OBJECT_KINDS];

/* "all", "pointers", "none", by contents_mode. */
extern const char *const contents_mode_name[CONTENTS_NONE + 1];

/* Memory that a reader lends to its records' arrays; zero to begin with. */
struct record_arrays {
	uint64_t *numbers;
	size_t numbers_size;
	struct call *calls;
	size_t calls_size;
};

/* Room for `n` elements. Ask for no more than there are bytes of input to
 * fill them from. Dies without memory. */
uint64_t *record_numbers(struct record_arrays *arrays, size_t n);
struct call *record_calls(struct record_arrays *arrays, size_t n);
void record_arrays_free(struct record_arrays *arrays);

/* Bytes of a whole bitmap for `size` bytes of contents. */
static inline uint64_t bitmap_size(uint64_t size, uint64_t pointer_size)
{
	uint64_t words = size / pointer_size + (size % pointer_size != 0);

	return words / 8 + (words % 8 != 0);
}

/*
 * The bytes from an object's address to its end. Where a malloc header
 * precedes it, those 8 bytes of its size lie before its address; nothing
 * else of that size starts at 8 mod 16 (size classes, runtime/sizeclasses.go).
 */
static inline uint64_t object_extent(const struct object *object)
{
	bool header = object->size > 128 && (object->address & 15) == 8;

	return object->size - (header ? 8 : 0);
}

/* The pointer at `p` in contents. */
uint64_t word_at(const struct params *params, const uint8_t *p);

#endif
