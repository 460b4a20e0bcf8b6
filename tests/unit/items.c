/* lib/stream: streams that others write, and what is no stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline.h"

/* CBOR, where a test has to say it byte by byte. */

enum { UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

static void put_head(struct buffer *b, unsigned major, uint64_t value)
{
	unsigned width = value > UINT32_MAX ? 8 : value > 0xffff ? 4 : 2;

	if (value < 24) {
		put_byte(b, major << 5 | (unsigned)value);
	} else if (value < 256) {
		put_byte(b, major << 5 | 24);
		put_byte(b, (unsigned)value);
	} else {
		put_byte(b, major << 5 | (width == 2   ? 25
					  : width == 4 ? 26
						       : 27));
		while (width-- > 0)
			put_byte(b, value >> 8 * width & 0xff);
	}
}

static void put_cbor_text(struct buffer *b, const char *text)
{
	put_head(b, TEXT, strlen(text));
	put_string(b, text);
}

static void put_cbor_bytes(struct buffer *b, const char *bytes)
{
	put_head(b, BYTES, strlen(bytes));
	put_string(b, bytes);
}

/* The header: of a go1.7 dump of 8-byte words, unless something is changed. */
static void put_header(struct buffer *b, uint64_t version, uint64_t word,
		       uint64_t contents)
{
	put_head(b, TAG, 55799);
	put_head(b, ARRAY, 14);
	put_head(b, UINT, RECORD_PARAMS);
	put_head(b, UINT, version);
	put_cbor_text(b, "go1.7");
	put_cbor_text(b, "go1.22.12");
	put_head(b, UINT, word);
	put_head(b, SIMPLE, 20);
	put_head(b, UINT, contents);
	put_head(b, UINT, 0x1000);
	put_head(b, UINT, 0x2000);
	put_cbor_text(b, "amd64");
	put_head(b, UINT, 0);
	put_cbor_text(b, "");
	put_head(b, UINT, 2);
	put_head(b, UINT, 0);
}

static void put_good_header(struct buffer *b)
{
	put_header(b, STREAM_VERSION, 8, CONTENTS_ALL);
}

/* An end record for `n` counts, behind the header's one of params. */
static void put_end(struct buffer *b, uint64_t bytes, size_t n,
		    const uint64_t *counts)
{
	put_head(b, ARRAY, 8);
	put_head(b, UINT, RECORD_END);
	put_head(b, SIMPLE, 21);
	put_head(b, UINT, 100);
	put_head(b, SIMPLE, 22);
	put_head(b, ARRAY, n);
	for (size_t i = 0; i < n; i++)
		put_head(b, UINT, counts[i]);
	put_head(b, UINT, bytes);
	put_head(b, UINT, 0);
	put_head(b, UINT, 0);
}

#define COUNTS(...)                                                            \
	(sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)),              \
		(const uint64_t[])                                             \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define ONLY_PARAMS COUNTS(0, 0, 0, 0, 0, 0, 1)

static void put_object(struct buffer *b, uint64_t size, uint64_t kind,
		       const char *contents, const char *pointers)
{
	put_head(b, ARRAY, 7);
	put_head(b, UINT, RECORD_OBJECT);
	put_head(b, UINT, UINT64_C(0xc000000000));
	put_head(b, UINT, size);
	put_head(b, UINT, 0);
	put_head(b, UINT, kind);
	put_cbor_bytes(b, contents);
	put_cbor_bytes(b, pointers);
}

/* The stream breaks for this reason, by both paths. */
static void breaks(struct buffer *b, const char *reason)
{
	struct outcome outcome;

	for (int plain = 0; plain < 2; plain++) {
		struct buffer out = pass(b, plain, &outcome);
		assert_false(outcome.whole);
		if (!strstr(outcome.reason, reason))
			fail_msg("'%s' has no '%s'", outcome.reason, reason);
		buffer_free(&out);
	}
	buffer_free(b);
}

/* It is whole, and written again it is `other`, or itself. */
static void passes(struct buffer *b, const struct buffer *other)
{
	struct outcome outcome;

	for (int plain = 0; plain < 2; plain++) {
		struct buffer out = pass(b, plain, &outcome);
		if (!outcome.whole)
			fail_msg("%s", outcome.reason);
		assert_true(buffer_equal(&out, other ? other : b));
		buffer_free(&out);
	}
	buffer_free(b);
}
/* What others may write, and we do not. */

static void test_unknown_kinds(void **state)
{
	struct buffer b = { 0 }, without = { 0 };

	(void)state;
	put_good_header(&b);
	put_head(&b, ARRAY, 6);
	put_head(&b, UINT, 40);
	put_head(&b, NEGATIVE, 7);
	put_head(&b, MAP, 1);
	put_cbor_text(&b, "key");
	put_head(&b, ARRAY, 2);
	put_head(&b, TAG, 1);
	put_head(&b, UINT, 5);
	put(&b, "\xf9\x3c\0", 3);
	put(&b, "\xfb\1\2\3\4\5\6\7\x08", 9);
	put(&b,
	    "\x5f\x41"
	    "a"
	    "\x41"
	    "b\xff",
	    6);
	put(&b, "\xf7", 1);
	put_head(&b, ARRAY, 1);
	put_head(&b, UINT, 63);
	put_end(&b, 0, COUNTS(0, 0, 0, 0, 0, 0, 1, [40] = 1, [63] = 1));
	put_good_header(&without);
	put_end(&without, 0, ONLY_PARAMS);
	passes(&b, &without);
	buffer_free(&without);
}

/* Elements behind those that we know, of a record of each form. */
static void test_more_members(void **state)
{
	struct buffer b = { 0 }, without = { 0 };

	(void)state;
	for (int more = 0; more < 2; more++) {
		struct buffer *to = more ? &b : &without;
		put_good_header(to);
		put_head(to, ARRAY, 3 + 2 * more);
		put_head(to, UINT, RECORD_ALLOCSAMPLE);
		put_head(to, UINT, 1);
		put_head(to, UINT, 2);
		if (more)
			put(to, "\xf5\x61z", 3);
		put_head(to, ARRAY, 7 + (unsigned)more);
		put_head(to, UINT, RECORD_OBJECT);
		put_head(to, UINT, UINT64_C(0xc000000000));
		put(to,
		    "\x08\0\0\x48"
		    "abcdefgh"
		    "\x41\1",
		    14);
		if (more)
			put_head(to, ARRAY, 0);
		put_head(to, ARRAY, 7 + (unsigned)more);
		put_head(to, UINT, RECORD_OBJECT);
		put_head(to, UINT, 0xc000);
		put(to,
		    "\x08\0\0\x5f\x48"
		    "abcdefgh"
		    "\xff\x41\1",
		    16);
		if (more)
			put_cbor_text(to, "behind chunks");
		put_end(to, 16, COUNTS(0, 2, [6] = 1, [17] = 1));
	}
	passes(&b, &without);
	buffer_free(&without);
}

/* Heads that are longer than they need be. */
static void test_long_heads(void **state)
{
	struct buffer b = { 0 }, shortest = { 0 };

	(void)state;
	put_good_header(&b);
	put(&b, "\x87\1\x1b\0\0\0\xc0\0\0\0\0", 11);
	put(&b,
	    "\x19\0\x08\x18\0\x18\0\x58\x08"
	    "abcdefgh"
	    "\x59\0\1\1",
	    21);
	put(&b, "\x98\7\x18\1\x1b\0\0\0\xc0\0\0\0\0", 13);
	put(&b,
	    "\x1b\0\0\0\0\0\0\0\x08\0\0\x48"
	    "abcdefgh"
	    "\x40",
	    21);
	put_end(&b, 16, COUNTS(0, 2, [6] = 1));
	put_good_header(&shortest);
	put_object(&shortest, 8, 0, "abcdefgh", "\1");
	put_object(&shortest, 8, 0, "abcdefgh", "");
	put_end(&shortest, 16, COUNTS(0, 2, [6] = 1));
	passes(&b, &shortest);
	buffer_free(&shortest);
}

/* A small bitmap in chunks is one string when it is written again. */
static void test_small_chunks(void **state)
{
	static const char object[] = "\x87\1\x1b\0\0\0\xc0\0\0\0\0"
				     "\x19\4\0\0\0\x5f\x43"
				     "abc\x41z\xff";
	struct buffer b = { 0 }, joined = { 0 };

	(void)state;
	put_good_header(&b);
	put(&b, object, sizeof(object) - 1);
	put(&b,
	    "\x5f\x48"
	    "abcdefgh"
	    "\x40\x47"
	    "ijklmno"
	    "\x41p\xff",
	    22);
	put_end(&b, 1024, COUNTS(0, 1, [6] = 1));
	put_good_header(&joined);
	put(&joined, object, sizeof(object) - 1);
	put(&joined,
	    "\x50"
	    "abcdefghijklmnop",
	    17);
	put_end(&joined, 1024, COUNTS(0, 1, [6] = 1));
	passes(&b, &joined);
	buffer_free(&joined);
}

/* What is no stream. */

static void test_foreign(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *reason;
	} rows[] = {
		{ "", 0, "nothing" },
		{ "\xd9", 1, "not a record stream" },
		{ "go1.7 heap dump\n\6", 17, "a heap dump, not yet" },
		{ "go1.", 4, "a heap dump, not yet" },
		{ "hello", 5, "not a record stream" },
		{ "\xd9\xd9\xf7", 3, "ends in or after record 0" },
		{ "\xd9\xd9\xf7\1", 4, "no array" },
		{ "\xd9\xd9\xf7\x80", 4, "ends in or after" },
		{ "\xd9\xd9\xf7\x81\0", 5, "a kind that cannot be here" },
		{ "\xd9\xd9\xf7\x81\x18\x28", 6, "a kind that cannot be here" },
		/* an object with a bitmap, before there is a word size */
		{ "\xd9\xd9\xf7\x87\1\0\x08\0\0\x40\x41\1", 12,
		  "a kind that cannot be here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffer b = { 0 };
		put(&b, rows[i].data, rows[i].len);
		breaks(&b, rows[i].reason);
	}
}

static void test_bad_header(void **state)
{
	static const struct {
		uint64_t version, word, contents;
		const char *reason;
	} rows[] = {
		{ 2, 8, 0, "a record stream of version 2" },
		{ 0, 8, 0, "a record stream of version 0" },
		{ 1, 0, 0, "a pointer size or contents" },
		{ 1, 16, 0, "a pointer size or contents" },
		{ 1, 8, 3, "a pointer size or contents" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffer b = { 0 };
		put_header(&b, rows[i].version, rows[i].word, rows[i].contents);
		breaks(&b, rows[i].reason);
	}
}

/* Records, behind a good header, of bytes that cannot be. */
static void test_bad_records(void **state)
{
#define OBJECT "\x87\1\x1b\0\0\0\xc0\0\0\0\0"
#define ROW(BYTES, REASON)                                                     \
	{                                                                      \
		BYTES, sizeof(BYTES) - 1, REASON                               \
	}
	static const struct {
		const char *data;
		size_t len;
		const char *reason;
	} rows[] = {
		ROW("\x80\0", "a kind that cannot be here"),
		ROW("\x81\6", "a kind that cannot be here"),
		ROW("\x81\x18\x40", "a kind that cannot be here"),
		ROW("\x81\x20", "no unsigned integer"),
		ROW("\x61z", "a record that is no array"),
		ROW("\x9f\1", "a record that is no array"),
		ROW("\x1c", "bytes that are not CBOR"),
		ROW("\x82\x12\1", "too few members"),
		ROW("\x83\x12\1\xf5", "no unsigned integer"),
		ROW("\x84\x08\1\2\3", "no boolean"),
		ROW("\x83\2\1\2", "no text"),
		ROW("\x83\2\x7f\x61z\xff\1", "no text"),
		ROW("\x86\x10\1\2\x83\x60\x60\x60", "no unsigned integer"),
		ROW("\x86\x10\1\2\x83\x60\x60", "ends in or after"),
		ROW("\x86\x10\1\2\x84\x60\x60\1\x60\1\1",
		    "not of function, file, line"),
		ROW("\x86\x10\1\2\x9b\1\0\0\0\0\0\0\0",
		    "an array of more than 1 MiB"),
		ROW("\x82\x18\x28\x9b\1\0\0\0\0\0\0\0",
		    "an item of more than 1 MiB"),
		ROW("\x82\x18\x28\x9f\xff", "an indefinite length"),
		ROW("\x82\x18\x28\xff", "an indefinite length"),
		ROW("\x82\x18\x28\x5f\1\xff", "no byte string in one"),
		ROW(OBJECT "\x08\0\4\x40\x40", "an object of unknown kind"),
		ROW(OBJECT "\2\0\0\x43"
			   "abc"
			   "\x40",
		    "larger than their"),
		ROW(OBJECT "\x08\0\0\x40\x42\1\1", "a bitmap that does not"),
		ROW(OBJECT "\x08\0\0\x60\x40", "no byte string"),
		ROW(OBJECT "\x08\0\0\x40\x5f\xff", "pointers in chunks"),
		ROW(OBJECT "\x08\0\0\x5f\x61"
			   "a\xff\x40",
		    "among its chunks"),
		ROW(OBJECT "\x08\0\0\x5f\x5f\xff\xff\x40", "string in a str"),
		ROW(OBJECT "\x08\0\0\x5f\xff\xff", "a break too many"),
		ROW(OBJECT "\2\0\0\x5f\x43"
			   "abc"
			   "\xff\x40",
		    "do not fit"),
		ROW(OBJECT "\x08\0\0\x5f\xff\x42\1\1", "do not fit"),
		ROW("\x84\x0c\1\x42"
		    "ab"
		    "\x42\1\1",
		    "a bitmap that does not"),
		ROW("\x84\x0c\1\x5f\x42"
		    "ab"
		    "\xff\x42\1\1",
		    "do not fit"),
		ROW(OBJECT "\x08\0\0\x5a\xff\xff\xff\xff", "ends in or after"),
		ROW(OBJECT "\x08\0\0\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
		    "ends in or after"),
	};
#undef ROW
#undef OBJECT

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffer b = { 0 };
		put_good_header(&b);
		put(&b, rows[i].data, rows[i].len);
		breaks(&b, rows[i].reason);
	}
}

/* An array that claims 2^60 more elements than a chunked record has. */
static void test_claimed_members(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_good_header(&b);
	put_head(&b, ARRAY, UINT64_C(1) << 60);
	put(&b, "\1\0\x08\0\0\x5f\xff\x40", 8);
	breaks(&b, "ends in or after");
}

/* What the fast path gives up half-way must not be what it knows then. */
static void test_memo(void **state)
{
#define OBJECT "\x87\1\x1b\0\0\0\xc0\0\0\0\0"
	static const char tail[] = OBJECT "\x08\0\0\x48"
					  "abcdefgh\x40";
	static const char given_up[] = OBJECT "\x1b\0\7\x0c\0\0\0\0\0\0\0\x44"
					      "abcd\x40";
	static const char like_none[] =
		OBJECT "\xff\xff\xff\xff\xff\xff\xff\xff"
		       "\xff\xff\xff\xff\xff\xff\xff\xff\x40";
#undef OBJECT
	struct buffer b = { 0 };

	(void)state;
	put_good_header(&b);
	put(&b, tail, sizeof(tail) - 1);
	put(&b, given_up, sizeof(given_up) - 1);
	put(&b, like_none, sizeof(like_none) - 1);
	breaks(&b, "no unsigned integer");
}

/* What others send whole where we would send chunks. */
static void put_large_object(struct buffer *b, size_t size)
{
	put_head(b, ARRAY, 7);
	put_head(b, UINT, RECORD_OBJECT);
	put_head(b, UINT, UINT64_C(0xc000000000));
	put_head(b, UINT, size);
	put(b, "\0\0", 2);
	put_head(b, BYTES, size);
	put_fill(b, 0xaa, size);
	put_head(b, BYTES, size / 64);
	put_fill(b, 0xaa, size / 64);
}

static void test_large_strings(void **state)
{
	const size_t size = 8 * CHUNK_SIZE;
	struct buffer b = { 0 };

	(void)state;
	for (int mode = CONTENTS_ALL; mode <= CONTENTS_POINTERS; mode++) {
		put_header(&b, STREAM_VERSION, 8, (unsigned)mode);
		put_large_object(&b, size);
		put_end(&b, size, COUNTS(0, 1, [6] = 1));
		passes(&b, NULL);
	}
	put_good_header(&b);
	put_large_object(&b, 2 * INPUT_MAX);
	breaks(&b, "record 2 is larger than 1 MiB");
}

static void test_ends(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_good_header(&b);
	breaks(&b, "ends in or after record 1, without an end record");

	put_good_header(&b);
	put_end(&b, 0, COUNTS(0, 1, [6] = 1));
	breaks(&b, "0 records of kind 1, but its end record says 1");

	put_good_header(&b);
	put_object(&b, 8, 0, "abcdefgh", "\1");
	put_end(&b, 8, ONLY_PARAMS);
	breaks(&b, "1 records of kind 1, but its end record says 0");

	put_good_header(&b);
	put_object(&b, 8, 0, "abcdefgh", "\1");
	put_end(&b, 9, COUNTS(0, 1, [6] = 1));
	breaks(&b, "objects of 8 bytes, but its end record says 9");

	put_good_header(&b);
	put_end(&b, 0, ONLY_PARAMS);
	put_byte(&b, 0);
	breaks(&b, "bytes behind the end record");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_kinds),
		cmocka_unit_test(test_more_members),
		cmocka_unit_test(test_long_heads),
		cmocka_unit_test(test_small_chunks),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_bad_header),
		cmocka_unit_test(test_bad_records),
		cmocka_unit_test(test_claimed_members),
		cmocka_unit_test(test_memo),
		cmocka_unit_test(test_large_strings),
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests_name("items", tests, NULL, NULL);
}
