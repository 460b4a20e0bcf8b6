/* lib/stream: what is written is read again, and each way is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>

#include "pipeline.h"

/* A value for each member of a record, other than in any other record. */

static uint64_t seed;

static uint64_t next_number(void)
{
	static const unsigned bits[] = { 1, 5, 8, 9, 16, 17, 32, 33, 64 };

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return seed >> (64 - bits[seed >> 33 & 7]);
}

static struct text next_text(void)
{
	static const struct text texts[] = {
		{ NULL, 0 },
		{ "", 0 },
		{ "main.T", 6 },
		{ "T\303\234V", 4 },
		{ "no UTF-8: \377\200", 12 },
		{ "a text that is longer than twenty-three bytes", 45 },
	};

	return texts[next_number() % (sizeof(texts) / sizeof(*texts))];
}

static struct numbers next_numbers(void)
{
	static uint64_t numbers[300];

	for (size_t i = 0; i < 300; i++)
		numbers[i] = next_number();
	return (struct numbers){ numbers, next_number() % 301 };
}

static struct calls next_calls(void)
{
	static struct call calls[20];

	for (size_t i = 0; i < 20; i++)
		calls[i] = (struct call){ next_text(), next_text(),
					  next_number() };
	return (struct calls){ calls, next_number() % 21 };
}

static void fill_memory(struct record *record)
{
	static uint8_t contents[CHUNK_SIZE], bitmap[CHUNK_SIZE / 8 / 8];
	struct memory *memory = record_memory(record);
	size_t size = next_number() % (sizeof(contents) + 1);

	if (!memory)
		return;
	for (size_t i = 0; i < size; i++)
		contents[i] = (uint8_t)next_number();
	for (size_t i = 0; i < sizeof(bitmap); i++)
		bitmap[i] = (uint8_t)next_number();
	memory->contents = (struct bytes){ contents, size };
	memory->pointers = (struct bytes){ bitmap, bitmap_size(size, 8) };
	if (next_number() % 2)
		memory->pointers.len = 0;
	if (record->kind == RECORD_OBJECT) {
		record->object.size = size;
		record->object.kind %= OBJECT_KINDS;
	}
}

static void fill_record(struct record *record, enum record_kind kind)
{
	const struct schema *schema = &record_schema[kind];

	memset(record, 0, sizeof(*record));
	record->kind = kind;
	for (size_t i = 0; i < schema->len; i++) {
		void *value = (char *)record + schema->members[i].offset;

		switch (schema->members[i].type) {
		case MEMBER_UINT:
		case MEMBER_ADDRESS:
			*(uint64_t *)value = next_number();
			break;
		case MEMBER_BOOL:
			*(bool *)value = next_number() & 1;
			break;
		case MEMBER_TEXT:
			*(struct text *)value = next_text();
			break;
		case MEMBER_NUMBERS:
			*(struct numbers *)value = next_numbers();
			break;
		case MEMBER_CALLS:
			*(struct calls *)value = next_calls();
			break;
		default:
			break;
		}
	}
	fill_memory(record);
	if (kind == RECORD_TYPE)
		record->type.id = record->type.id % TYPES_MAX + 1;
	if (kind == RECORD_TYPEADDRESS)
		record->typeaddress.id = record->typeaddress.id % TYPES_MAX + 1;
}

static void same_text(struct text a, struct text b)
{
	assert_int_equal(a.len, b.len);
	assert_int_equal(a.data == NULL, b.data == NULL);
	if (a.len > 0)
		assert_memory_equal(a.data, b.data, a.len);
}

static void same_bytes(struct bytes a, struct bytes b)
{
	assert_int_equal(a.len, b.len);
	if (a.len > 0)
		assert_memory_equal(a.data, b.data, a.len);
}

static void same_calls(const struct calls *a, const struct calls *b)
{
	assert_int_equal(a->len, b->len);
	for (size_t i = 0; i < a->len; i++) {
		same_text(a->data[i].function, b->data[i].function);
		same_text(a->data[i].file, b->data[i].file);
		assert_int_equal(a->data[i].line, b->data[i].line);
	}
}

static void same_numbers(const struct numbers *a, const struct numbers *b)
{
	assert_int_equal(a->len, b->len);
	if (a->len > 0)
		assert_memory_equal(a->data, b->data, 8 * a->len);
}

static void same_member(const struct member *member, const void *a,
			const void *b)
{
	switch (member->type) {
	case MEMBER_UINT:
	case MEMBER_ADDRESS:
		assert_int_equal(*(const uint64_t *)a, *(const uint64_t *)b);
		break;
	case MEMBER_BOOL:
		assert_int_equal(*(const bool *)a, *(const bool *)b);
		break;
	case MEMBER_TEXT:
		same_text(*(const struct text *)a, *(const struct text *)b);
		break;
	case MEMBER_NUMBERS:
		same_numbers(a, b);
		break;
	case MEMBER_CALLS:
		same_calls(a, b);
		break;
	case MEMBER_CONTENTS:
	case MEMBER_POINTERS:
		same_bytes(*(const struct bytes *)a, *(const struct bytes *)b);
		break;
	}
}

static void same_record(const struct record *a, const struct record *b)
{
	const struct schema *schema = &record_schema[a->kind];

	assert_int_equal(a->kind, b->kind);
	for (size_t i = 0; i < schema->len; i++)
		same_member(&schema->members[i],
			    (const char *)a + schema->members[i].offset,
			    (const char *)b + schema->members[i].offset);
}

static struct stream_in in;
static struct stream_out out;

static void begin_writing(bool plain, enum contents_mode mode)
{
	struct record params = { .kind = RECORD_PARAMS };

	params.params.format = (struct text){ "go1.7", 5 };
	params.params.pointer_size = 8;
	params.params.contents = mode;
	stream_out_open(&out, file_of("", 0));
	out.plain = plain;
	assert_int_equal(stream_put(&out, &params), 0);
}

/* End what is written, and start to read it. */
static void begin_reading(bool plain)
{
	struct record record = { .kind = RECORD_END, .end.complete = true };

	assert_int_equal(stream_put(&out, &record), 0);
	assert_int_equal(stream_out_close(&out), 0);
	lseek(out.out.fd, 0, SEEK_SET);
	assert_int_equal(stream_in_open(&in, out.out.fd), 0);
	in.plain = plain;
	assert_int_equal(stream_next(&in, &record), 1);
	assert_int_equal(record.kind, RECORD_PARAMS);
	assert_int_equal(record.params.version, STREAM_VERSION);
	same_text(record.params.format, (struct text){ "go1.7", 5 });
}

static void end_reading(void)
{
	struct record record;

	assert_int_equal(stream_next(&in, &record), 1);
	assert_int_equal(record.kind, RECORD_END);
	assert_int_equal(stream_next(&in, &record), 0);
	assert_int_equal(stream_next(&in, &record), 0);
	assert_true(in.complete);
	stream_in_close(&in);
	close(out.out.fd);
}

static void round_trip(bool write_plain, bool read_plain)
{
	static struct record records[10 * RECORD_KINDS];
	struct record record;
	uint64_t start = seed;

	begin_writing(write_plain, CONTENTS_ALL);
	for (int i = 1; i < 10 * RECORD_KINDS; i++) {
		int kind = i % RECORD_KINDS;
		if (kind == RECORD_END || kind == RECORD_PARAMS)
			continue;
		fill_record(&records[i], (enum record_kind)kind);
		assert_int_equal(stream_put(&out, &records[i]), 0);
	}
	begin_reading(read_plain);
	seed = start;
	for (int i = 1; i < 10 * RECORD_KINDS; i++) {
		int kind = i % RECORD_KINDS;
		if (kind == RECORD_END || kind == RECORD_PARAMS)
			continue;
		fill_record(&records[i], (enum record_kind)kind);
		assert_int_equal(stream_next(&in, &record), 1);
		same_record(&records[i], &record);
	}
	end_reading();
}

static void test_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		round_trip(i & 1, i >> 1 & 1);
}

/* Chunks. */

struct test_chunks {
	struct chunk_source source;
	uint64_t contents, pointers; /* bytes left of each */
	bool behind;		     /* the contents */
};

static int give_chunk(struct chunk_source *source, struct bytes *chunk)
{
	static uint8_t bytes[CHUNK_SIZE];
	struct test_chunks *chunks = (struct test_chunks *)source;
	uint64_t *left = chunks->behind ? &chunks->pointers : &chunks->contents;
	size_t n = *left < CHUNK_SIZE ? *left : CHUNK_SIZE;

	memset(bytes, (int)(*left >> 16 & 0xff), n);
	*left -= n;
	chunks->behind |= n == 0;
	*chunk = (struct bytes){ bytes, n };
	return n > 0;
}

static struct record chunked(enum record_kind kind, uint64_t size,
			     struct test_chunks *chunks)
{
	struct record record = { .kind = kind, .chunks = &chunks->source };

	*chunks = (struct test_chunks){
		{ give_chunk }, size, bitmap_size(size, 8), false
	};
	if (kind == RECORD_OBJECT)
		record.object.size = size;
	if (kind == RECORD_STACKFRAME)
		record.stackframe.function = (struct text){ "main.f", 6 };
	return record;
}

static void same_chunks(struct record *record, struct test_chunks *expected)
{
	struct bytes a, b;

	while (give_chunk(&expected->source, &a)) {
		assert_int_equal(record_chunk(record, &b), 1);
		same_bytes(a, b);
	}
	assert_int_equal(record_chunk(record, &b), 0);
}

static void chunk_trip(enum record_kind kind, uint64_t size, bool read)
{
	struct test_chunks chunks;
	struct record record = chunked(kind, size, &chunks);

	begin_writing(false, CONTENTS_ALL);
	assert_int_equal(stream_put(&out, &record), 0);
	record = (struct record){ .kind = RECORD_OTHERROOT };
	assert_int_equal(stream_put(&out, &record), 0);
	begin_reading(false);
	assert_int_equal(stream_next(&in, &record), 1);
	assert_int_equal(record.kind, kind);
	assert_non_null(record.chunks);
	(void)chunked(kind, size, &chunks);
	if (read) {
		same_chunks(&record, &chunks);
		if (kind == RECORD_STACKFRAME)
			same_text(record.stackframe.function,
				  (struct text){ "main.f", 6 });
		same_chunks(&record, &chunks);
	}
	assert_int_equal(stream_next(&in, &record), 1);
	assert_int_equal(record.kind, RECORD_OTHERROOT);
	end_reading();
}

static void test_chunks(void **state)
{
	static const enum record_kind kinds[] = { RECORD_OBJECT, RECORD_DATA,
						  RECORD_BSS,
						  RECORD_STACKFRAME };
	static const uint64_t sizes[] = { 65537, 200000, 4 << 20, (4 << 20) + 1,
					  10000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (size_t j = 0; j < sizeof(sizes) / sizeof(*sizes); j++) {
			chunk_trip(kinds[i], sizes[j], true);
			chunk_trip(kinds[i], sizes[j], false);
		}
}

/* A large stackframe loses its memory, and nothing else. */
static void test_chunks_left_out(void **state)
{
	struct test_chunks chunks;
	struct record record = chunked(RECORD_STACKFRAME, 200000, &chunks);

	(void)state;
	begin_writing(false, CONTENTS_NONE);
	assert_int_equal(stream_put(&out, &record), 0);
	begin_reading(false);
	assert_int_equal(stream_next(&in, &record), 1);
	assert_null(record.chunks);
	assert_int_equal(record.stackframe.memory.contents.len, 0);
	same_text(record.stackframe.function, (struct text){ "main.f", 6 });
	end_reading();
}

/* Contents modes. */

static void test_only_pointers(void **state)
{
	static const uint8_t words[] = "AAAAAAAABBBBBBBBCCCCCCCCDDDD";
	static const uint8_t bitmap[] = { 0x0d };
	struct record record = { .kind = RECORD_OBJECT }, got;

	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		record.object = (struct object){
			.address = UINT64_C(0xc000000000),
			.size = 28,
			.memory = { { words, 28 }, { bitmap, 1 } },
		};
		begin_writing(plain, CONTENTS_POINTERS);
		assert_int_equal(stream_put(&out, &record), 0);
		begin_reading(plain);
		assert_int_equal(stream_next(&in, &got), 1);
		/* The third bit is of a word that is not there whole. */
		same_bytes(got.object.memory.contents,
			   (struct bytes){ (const uint8_t *)"AAAAAAAACCCCCCCC",
					   16 });
		same_bytes(got.object.memory.pointers,
			   (struct bytes){ bitmap, 1 });
		assert_int_equal(got.object.size, 28);
		end_reading();
	}
}
/* The dump's own end comes with the stream's. */
static void test_incomplete_dump(void **state)
{
	struct record record = { .kind = RECORD_END };

	(void)state;
	begin_writing(false, CONTENTS_ALL);
	record.end.offset = 1234;
	record.end.reason = (struct text){ "the \033disk", 9 };
	assert_int_equal(stream_put(&out, &record), 0);
	assert_int_equal(stream_out_close(&out), 0);
	lseek(out.out.fd, 0, SEEK_SET);
	assert_int_equal(stream_in_open(&in, out.out.fd), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(stream_next(&in, &record), 1);
	assert_int_equal(stream_next(&in, &record), 0);
	assert_false(in.complete);
	assert_string_equal(in.reason, "broken at byte 1234: the \033disk");
	stream_in_close(&in);
	close(out.out.fd);
}

static void test_full_disk(void **state)
{
	struct record record = { .kind = RECORD_PARAMS };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), status = 0;

	(void)state;
	stream_out_open(&out, fd);
	record.params.pointer_size = 8;
	assert_int_equal(stream_put(&out, &record), 0);
	for (int i = 0; i < 100000 && status == 0; i++) {
		fill_record(&record, RECORD_GOROUTINE);
		status = stream_put(&out, &record);
	}
	assert_int_equal(status, -1);
	assert_int_equal(out.out.error, ENOSPC);
	assert_int_equal(stream_out_close(&out), -1);
	close(fd);
}

/* Every shipped dump: all ways to its stream, and from it, are the same. */

static void same_ways(const struct buffer *dump, enum contents_mode mode)
{
	struct outcome outcome;
	struct buffer fast = decode(dump, false, mode, &outcome);
	struct buffer plain = decode(dump, true, mode, &outcome);

	assert_true(outcome.opened);
	assert_true(buffer_equal(&fast, &plain));
	buffer_free(&plain);
	for (int i = 0; i < 2; i++) {
		struct buffer again = pass(&fast, i, &outcome);
		assert_true(outcome.whole);
		assert_true(buffer_equal(&fast, &again));
		buffer_free(&again);
	}
	buffer_free(&fast);
}

static void test_shipped_dumps(void **state)
{
	const char *testdata = getenv("TESTDATA");
	char pattern[4096];
	glob_t found;

	(void)state;
	assert_non_null(testdata);
	snprintf(pattern, sizeof(pattern), "%s/*.dump", testdata);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct buffer dump = read_file(
			open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC));
		for (int mode = CONTENTS_ALL; mode <= CONTENTS_NONE; mode++)
			same_ways(&dump, (enum contents_mode)mode);
		buffer_free(&dump);
	}
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_chunks_left_out),
		cmocka_unit_test(test_only_pointers),
		cmocka_unit_test(test_incomplete_dump),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_shipped_dumps),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
