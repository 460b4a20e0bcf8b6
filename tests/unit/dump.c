/* lib/dump: opening, records, fields, and how a dump ends or breaks. */
#include "reading.h"

#include <fcntl.h>

/* Opening, and params. */

static void reads_params(struct style style)
{
	struct buffer b = { 0 };
	const struct params *params = &record.params;

	put_begin(&b, style);
	put_end(&b);
	start(&b);
	assert_int_equal(params->format.data[4] - '0', style.format);
	assert_int_equal(params->pointer_size, style.pointer_size);
	assert_int_equal(params->big_endian, style.big_endian);
	assert_int_equal(params->heap_start, HEAP);
	assert_int_equal(params->heap_end, HEAP_END);
	assert_int_equal(params->cpus, 2);
	assert_int_equal(params->channel_header_size,
			 style.format == 3 ? 96 : 0);
	expect_text(params->architecture,
		    style.pointer_size == 4 ? "386" : "amd64");
	finish();
}

static void test_params(void **state)
{
	(void)state;
	for (unsigned format = 3; format <= 7; format++)
		for (unsigned size = 4; size <= 8; size += 4)
			for (int big = 0; big < 2; big++)
				reads_params((struct style){ format, size,
							     big != 0, "" });
}

static void test_versions(void **state)
{
	static const char *const rows[][3] = {
		{ "", "", "" },
		{ "fieldtrack", "", "fieldtrack" },
		{ "go1.22.3", "go1.22.3", "" },
		{ "go1.26.0 X:nogreentea,jsonv2", "go1.26.0",
		  "nogreentea,jsonv2" },
		{ "devel go1.25-abc X:greentea", "devel go1.25-abc",
		  "greentea" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffer b = { 0 };
		put_begin(&b, (struct style){ .version = rows[i][0] });
		put_end(&b);
		start(&b);
		expect_text(record.params.runtime, rows[i][1]);
		expect_text(record.params.experiment, rows[i][2]);
		finish();
	}
}

/* What cannot be opened says why, and may be closed. */
static void refuses(const void *data, size_t n, const char *reason)
{
	fd = file_of(data, n);
	assert_int_equal(dump_open(&dump, fd), -1);
	if (!strstr(dump.reason, reason))
		fail_msg("'%s' has no '%s'", dump.reason, reason);
	close_dump();
}

static void test_bad_params(void **state)
{
	struct buffer b = { 0 };
	size_t head = 16;

	(void)state;
	put_begin(&b, (struct style){ .format = 6 });
	for (size_t n = head; n < b.len; n++)
		refuses(b.data, n, "the file ends there");
	b.data[head] = RECORD_OBJECT;
	refuses(b.data, b.len, "no params record first");
	b.data[head] = RECORD_PARAMS;
	b.data[head + 1] = 2;
	refuses(b.data, b.len, "neither 0 nor 1");
	b.data[head + 1] = 1;
	b.data[head + 2] = 5;
	refuses(b.data, b.len, "neither 4 nor 8");
	buffer_free(&b);
}

static void test_foreign(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *reason;
	} rows[] = {
#define ROW(DATA, REASON) { DATA, sizeof(DATA) - 1, REASON }
		ROW("", "empty"),
		ROW("g", "ends at byte 1, in its header"),
		ROW("go1.", "ends at byte 4, in its header"),
		ROW("go1.7 heap dump", "ends at byte 15, in its header"),
		ROW("go1.8 heap dump\n", "format go1.8"),
		ROW("go1.31 heap dump\n\6", "format go1.31"),
		ROW("go1.2 heap dump\n", "format go1.2"),
		ROW("go1.7 heap dumb\n", "text"),
		ROW("\x1f\x8b\b", "gzip"),
		ROW("\xfd"
		    "7zXZ",
		    "xz"),
		ROW("\x28\xb5\x2f\xfd", "zstd"),
		ROW("\x04\x22\x4d\x18", "lz4"),
		ROW("BZh9", "bzip2"),
		ROW("PK\3\4", "zip"),
		ROW("\177ELF", "executable"),
		ROW("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\0", "executable"),
		ROW("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0\0", "core"),
		ROW("\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\4\0", "core"),
		ROW("JAVA PROFILE 1.0.2", "Java"),
		ROW("heap profile: 1: 2", "pprof profile in text"),
		ROW("goroutine profile: total 3", "goroutine"),
		ROW("\x0a\x04\x08\x01\x10\x02", "pprof"),
		ROW("\xd9\xd9\xf7\x8e", "record stream already"),
		ROW("Hello, world\n", "text"),
		ROW("\0\1\2\3", "unknown data"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		refuses(rows[i].data, rows[i].len, rows[i].reason);
}

/* Integers. */

static void test_varints(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		uint64_t value;
	} rows[] = {
		{ "\0", 1, 0 },
		{ "\x7f", 1, 127 },
		{ "\x80\1", 2, 128 },
		{ "\x80\0", 2, 0 },
		{ "\xff\xff\xff\xff\x0f", 5, UINT32_MAX },
		{ "\xff\xff\xff\xff\xff\xff\xff\x7f", 8,
		  (UINT64_C(1) << 56) - 1 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 10, UINT64_MAX },
	};
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(&b, "\2\0", 2);
		put(&b, rows[i].bytes, rows[i].len);
		/* The same as an object's address: the fast path's memo. */
		put_byte(&b, RECORD_OBJECT);
		put(&b, rows[i].bytes, rows[i].len);
		put(&b, "\0\0", 2);
	}
	put_end(&b);
	start(&b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		expect(RECORD_OTHERROOT);
		assert_int_equal(record.otherroot.address, rows[i].value);
		expect(RECORD_OBJECT);
		assert_int_equal(record.object.address, rows[i].value);
	}
	finish();
}

static void test_varint_overflow(void **state)
{
	struct buffer b = { 0 };
	size_t at;

	(void)state;
	put_begin(&b, (struct style){ 0 });
	at = b.len + 11;
	put(&b, "\2\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\2\0", 13);
	start(&b);
	finish_broken("an integer of more than 64 bits", at);
}

/* Neighbours of every width: each fast memo has to notice the difference. */
static void test_addresses(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	for (int shift = 0; shift < 64; shift++)
		for (uint64_t low = 0; low < 3; low++)
			put_object(&b, (UINT64_C(1) << shift) + 8 * low, 16,
				   NUMBERS(8 * (low & 1)));
	put_end(&b);
	start(&b);
	for (int shift = 0; shift < 64; shift++)
		for (uint64_t low = 0; low < 3; low++) {
			expect(RECORD_OBJECT);
			assert_int_equal(record.object.address,
					 (UINT64_C(1) << shift) + 8 * low);
			expect_pointers(NUMBERS(low & 1));
		}
	finish();
}

/* Records. */

static void test_goroutine(void **state)
{
	struct buffer b = { 0 };
	const struct goroutine *g = &record.goroutine;

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_uints(&b, NUMBERS(RECORD_GOROUTINE, 1, 2, 3, 4, 4, 1, 0, 8));
	put_text(&b, "chan receive");
	put_uints(&b, NUMBERS(9, 10, 11, 12));
	put_uints(&b, NUMBERS(RECORD_STACKFRAME, 500, 0, 600, 16));
	put_fill(&b, 7, 16);
	put_uints(&b, NUMBERS(21, 22, 23));
	put_text(&b, "main.main");
	put_fields(&b, NUMBERS(8));
	put_end(&b);
	start(&b);
	expect(RECORD_GOROUTINE);
	assert_int_equal(g->address, 1);
	assert_int_equal(g->creator_pc, 4);
	assert_true(g->system);
	assert_false(g->background);
	expect_text(g->wait_reason, "chan receive");
	assert_int_equal(g->panic, 12);
	expect(RECORD_STACKFRAME);
	assert_int_equal(record.stackframe.goroutine, 1);
	assert_int_equal(record.stackframe.child_sp, 600);
	assert_int_equal(record.stackframe.continuation_pc, 23);
	expect_text(record.stackframe.function, "main.main");
	assert_int_equal(record.stackframe.memory.contents.len, 16);
	expect_pointers(NUMBERS(1));
	finish();
}

static void test_memprof(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_uints(&b, NUMBERS(RECORD_MEMPROF, 100, 48, 2));
	put_text(&b, "main.f");
	put_text(&b, "f.go");
	put_uint(&b, 12);
	put_text(&b, "main.main");
	put_text(&b, "main.go");
	put_uints(&b, NUMBERS(300, 5, 4, RECORD_ALLOCSAMPLE, 7, 100));
	put_end(&b);
	start(&b);
	expect(RECORD_MEMPROF);
	assert_int_equal(record.memprof.stack.len, 2);
	expect_text(record.memprof.stack.data[1].file, "main.go");
	assert_int_equal(record.memprof.stack.data[1].line, 300);
	assert_int_equal(record.memprof.frees, 4);
	expect(RECORD_ALLOCSAMPLE);
	assert_int_equal(record.allocsample.bucket, 100);
	finish();
}

static void test_unknown_kind(void **state)
{
	static const uint64_t kinds[] = { RECORD_PARAMS, RECORD_TYPEADDRESS, 99,
					  UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct buffer b = { 0 };
		put_begin(&b, (struct style){ 0 });
		put_uint(&b, kinds[i]);
		size_t at = b.len;
		put_end(&b);
		start(&b);
		finish_broken(kinds[i] == RECORD_PARAMS
				      ? "a second params record"
				      : "a record of unknown kind",
			      at);
	}
}

/* A type is known before a record refers to it, and keeps its id. */
static void test_type_ids(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_type(&b, 0x1000, 8, "main.T", true);
	put_uints(&b, NUMBERS(RECORD_ITAB, 0x500, 0x1000));
	put_uints(&b, NUMBERS(RECORD_ITAB, 0x508, 0x2000));
	put_uints(&b, NUMBERS(RECORD_ITAB, 0x510, 0));
	put_type(&b, 0x1000, 8, "main.T", true);
	put_type(&b, 0x2000, 8, "main.U", false);
	put_end(&b);
	start(&b);
	expect(RECORD_TYPE);
	assert_int_equal(record.type.id, 1);
	expect(RECORD_ITAB);
	assert_int_equal(record.itab.type, 1);
	expect(RECORD_TYPEADDRESS);
	assert_int_equal(record.typeaddress.id, 2);
	assert_int_equal(record.typeaddress.address, 0x2000);
	expect(RECORD_ITAB);
	assert_int_equal(record.itab.type, 2);
	expect(RECORD_ITAB);
	assert_int_equal(record.itab.type, 0);
	expect(RECORD_TYPE);
	assert_int_equal(record.type.id, 1);
	expect(RECORD_TYPE);
	assert_int_equal(record.type.id, 2);
	finish();
}

/* Fields. */

struct field_row {
	unsigned format, pointer_size;
	uint64_t size;
	size_t n;
	uint64_t list[6]; /* kind, offset ... */
	size_t found;
	uint64_t words[4];
};

static void reads_fields(const struct field_row *row)
{
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .format = row->format,
				      .pointer_size = row->pointer_size });
	put_object_head(&b, HEAP, row->size);
	put_fill(&b, 0, row->size);
	put_uints(&b, row->n, row->list);
	put_uint(&b, 0);
	put_uints(&b, NUMBERS(RECORD_BSS, HEAP_END, row->size));
	put_fill(&b, 0, row->size);
	put_uints(&b, row->n, row->list);
	put_uint(&b, 0);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	expect_pointers(row->found, row->words);
	expect(RECORD_BSS);
	expect_pointers(row->found, row->words);
	finish();
}

static void test_fields(void **state)
{
	static const struct field_row rows[] = {
		{ 7, 8, 32, 0, { 0 }, 0, { 0 } },
		{ 7, 8, 32, 4, { 1, 0, 1, 24 }, 2, { 0, 3 } },
		{ 7, 8, 32, 4, { 1, 24, 1, 0 }, 2, { 0, 3 } },
		{ 7, 8, 32, 4, { 1, 8, 1, 8 }, 1, { 1 } },
		/* past the object, or in part, or wrapped */
		{ 7, 8, 32, 4, { 1, 32, 1, 8 }, 1, { 1 } },
		{ 7, 8, 36, 4, { 1, 32, 1, 8 }, 1, { 1 } },
		{ 7, 8, 32, 2, { 1, UINT64_MAX - 7 }, 0, { 0 } },
		{ 7, 4, 32, 2, { 1, (UINT64_C(1) << 32) + 8 }, 1, { 2 } },
		{ 7, 4, 32, 2, { 1, UINT64_MAX - 3 }, 0, { 0 } },
		/* interfaces of Go 1.4: both words */
		{ 4, 8, 32, 2, { 2, 8 }, 2, { 1, 2 } },
		{ 4, 8, 32, 4, { 3, 0, 1, 24 }, 3, { 0, 1, 3 } },
		{ 4, 8, 32, 2, { 2, 24 }, 1, { 3 } },
		{ 4, 4, 32, 2, { 3, 24 }, 2, { 6, 7 } },
		/* long and short lists of the same begin */
		{ 7, 8, 512, 6, { 1, 0, 1, 8, 1, 504 }, 3, { 0, 1, 63 } },
		{ 7, 8, 520, 6, { 1, 0, 1, 8, 1, 512 }, 3, { 0, 1, 64 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		reads_fields(&rows[i]);
}

/* The list memo must not give a small object a large one's pointers. */
static void test_list_memo(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_object(&b, HEAP, 64, NUMBERS(0, 56));
	put_object(&b, HEAP + 64, 32, NUMBERS(0, 56));
	put_object(&b, HEAP + 128, 64, NUMBERS(0, 56));
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	expect_pointers(NUMBERS(0, 7));
	expect(RECORD_OBJECT);
	expect_pointers(NUMBERS(0));
	expect(RECORD_OBJECT);
	expect_pointers(NUMBERS(0, 7));
	finish();
}

static void breaks_in_fields(unsigned format, uint64_t kind, uint64_t offset,
			     const char *reason)
{
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .format = format });
	put_object_head(&b, HEAP, 32);
	put_fill(&b, 0, 32);
	put_uint(&b, kind);
	size_t at = b.len;
	if (kind == FIELD_PTR)
		at = b.len + 1;
	put_uints(&b, NUMBERS(offset, 0));
	put_end(&b);
	start(&b);
	finish_broken(reason, at);
}

static void test_bad_fields(void **state)
{
	(void)state;
	breaks_in_fields(7, 4, 8, "a field of unknown kind");
	breaks_in_fields(4, UINT64_MAX, 8, "a field of unknown kind");
	breaks_in_fields(7, 1, 9, "a pointer field that is not aligned");
}

static void breaks_in_type(size_t n, const uint64_t *list)
{
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .format = 3 });
	put_type(&b, 0x1000, 64, "bad", true);
	put_uints(&b, n, list);
	size_t at = b.len;
	put_uint(&b, 0);
	start(&b);
	finish_broken("a type's field that is unknown, in no order, or behind "
		      "its end",
		      at);
}

static void test_bad_type_fields(void **state)
{
	(void)state;
	breaks_in_type(NUMBERS(6, 0));
	breaks_in_type(NUMBERS(FIELD_PTR, 64));
	breaks_in_type(NUMBERS(FIELD_PTR, UINT64_MAX));
	breaks_in_type(NUMBERS(FIELD_PTR, 0, FIELD_SLICE, 1000));
	/* Each object would be walked over all of a million of these. */
	breaks_in_type(NUMBERS(FIELD_PTR, 8, FIELD_PTR, 8));
	breaks_in_type(NUMBERS(FIELD_PTR, 8, FIELD_PTR, 0));
}

static void test_bad_object_kind(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .format = 3 });
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0, 3));
	size_t at = b.len;
	put_uint(&b, 200000);
	put_fill(&b, 1, 200000);
	put_end(&b);
	start(&b);
	finish_broken("an object of unknown kind", at);
}

/* The end. */

static void test_trailing_bytes(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_end(&b);
	size_t at = b.len;
	put_object(&b, UINT64_C(0xc000000000), 16, 0, NULL);
	start(&b);
	finish_broken("an end record, and more bytes behind it", at);
}

static void test_no_end(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_object(&b, HEAP, 16, 0, NULL);
	size_t size = b.len;
	start(&b);
	expect(RECORD_OBJECT);
	finish_broken("the file ends without an end record", size);
}

static void test_read_error(void **state)
{
	static struct dump unreadable;
	int wrong = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(dump_open(&unreadable, wrong), -1);
	assert_string_equal(unreadable.reason,
			    "reading failed: Is a directory");
	dump_close(&unreadable);
	close(wrong);
}

/* Lengths that claim what is not there. */

static void claims(const char *bytes, size_t n, const char *reason)
{
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ 0 });
	put(&b, bytes, n);
	put_uint(&b, UINT64_C(1) << 60);
	put_fill(&b, 0, 100);
	fd = file_of(b.data, b.len);
	assert_int_equal(dump_open(&dump, fd), 0);
	dump.plain = plain;
	while (dump_next(&dump, &record) > 0)
		;
	assert_true(dump.broken);
	assert_string_equal(dump.reason, reason);
	assert_in_range(dump.in.size, 0, INPUT_MAX);
	assert_in_range(dump.arrays.numbers_size, 0, 1000);
	assert_in_range(dump.arrays.calls_size, 0, 1000);
	buffer_free(&b);
	close_dump();
}

static void test_claims(void **state)
{
	static const char text[] = "a string of more than 1 MiB";

	(void)state;
	claims("\2", 1, text);		       /* description */
	claims("\3\1\1", 3, text);	       /* name of a type */
	claims("\4\1\2\3\4\4\1\0\1", 9, text); /* wait reason */
	claims("\5\1\2\3\1\0\1\1\1", 9, text); /* function */
	claims("\x10\1\2\1", 4, text);	       /* of a stack */
	claims("\x10\1\2", 3, "a stack too deep to be one");
	claims("\5\1\2\3", 4, "the file ends inside a record");
	claims("\x0c\1", 2, "the file ends inside a record");
}

/* A record of too many small parts. */
static void test_large_record(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_uints(&b, NUMBERS(RECORD_MEMPROF, 1, 1, 300000));
	for (int i = 0; i < 300000; i++)
		put(&b, "\1f\0\1", 4);
	put_uints(&b, NUMBERS(1, 1));
	put_end(&b);
	start(&b);
	expect(RECORD_END);
	assert_string_equal(dump.reason, "a record of more than 1 MiB");
	assert_int_equal(dump.in.size, INPUT_MAX);
	close_dump();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_params),	    TEST(test_versions),
		TEST(test_bad_params),	    TEST(test_foreign),
		TEST(test_varints),	    TEST(test_varint_overflow),
		TEST(test_addresses),	    TEST(test_goroutine),
		TEST(test_memprof),	    TEST(test_unknown_kind),
		TEST(test_type_ids),	    TEST(test_fields),
		TEST(test_list_memo),	    TEST(test_bad_fields),
		TEST(test_bad_type_fields), TEST(test_bad_object_kind),
		TEST(test_trailing_bytes),  TEST(test_no_end),
		TEST(test_read_error),	    TEST(test_claims),
		TEST(test_large_record),
	};

	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
