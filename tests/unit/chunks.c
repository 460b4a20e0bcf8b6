/* lib/dump: memory that is too large to be held, whole or cut short. */
#include "reading.h"

/* Memory that comes in chunks. */

static uint8_t pattern(uint64_t at)
{
	return (uint8_t)(at * 7 + at / 256 + at / 65536);
}

static void put_pattern(struct buffer *b, uint64_t size)
{
	uint8_t *p = buffer_add(b, size);

	for (uint64_t i = 0; i < size; i++)
		p[i] = pattern(i);
}

static void expect_contents(uint64_t size)
{
	struct bytes chunk;
	uint64_t at = 0;

	assert_non_null(record.chunks);
	while (record_chunk(&record, &chunk) > 0) {
		assert_in_range(chunk.len, 1, CHUNK_SIZE);
		assert_in_range(at + chunk.len, 1, size);
		for (size_t i = 0; i < chunk.len; i++, at++)
			if (chunk.data[i] != pattern(at))
				fail_msg("byte %zu differs", (size_t)at);
	}
	assert_int_equal(at, size);
}

/* A whole bitmap with these words, or none. */
static void expect_bitmap(uint64_t size, size_t n, const uint64_t *words)
{
	uint8_t *bitmap = calloc(1, size + 1);
	struct bytes chunk;
	uint64_t at = 0;

	while (record_chunk(&record, &chunk) > 0) {
		assert_in_range(chunk.len, 1, CHUNK_SIZE);
		assert_in_range(at + chunk.len, 1, size);
		memcpy(bitmap + at, chunk.data, chunk.len);
		at += chunk.len;
	}
	assert_int_equal(at, n ? size : 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(bitmap[words[i] / 8] >> words[i] % 8 & 1);
		bitmap[words[i] / 8] ^= (uint8_t)(1 << words[i] % 8);
	}
	for (uint64_t i = 0; i < at; i++)
		assert_int_equal(bitmap[i], 0);
	free(bitmap);
	assert_int_equal(record_chunk(&record, &chunk), 0);
}

struct chunk_row {
	unsigned pointer_size;
	uint64_t size;
	size_t n;
	uint64_t words[8];
};

static const struct chunk_row chunk_rows[] = {
	{ 8, 65537, 0, { 0 } },
	{ 8, 65544, 2, { 0, 8192 } },
	{ 8, 131072, 1, { 16383 } },
	{ 8, 200000, 3, { 0, 1, 24999 } },
	/* a bitmap of 64 KiB, and one byte more */
	{ 8, 4 << 20, 2, { 0, 524287 } },
	{ 8, (4 << 20) + 8, 3, { 0, 524287, 524288 } },
	{ 8, (4 << 20) + 8, 1, { 524288 } },
	{ 8, (9 << 20) + 512, 4, { 5, 600000, 600001, 1179711 } },
	{ 4, (2 << 20) + 4, 2, { 524287, 524288 } },
	{ 4, (3 << 20) + 2, 1, { 786431 } },
};

static void put_chunked(struct buffer *b, const struct chunk_row *row)
{
	put_pattern(b, row->size);
	for (size_t i = 0; i < row->n; i++)
		put_uints(b, NUMBERS(FIELD_PTR,
				     row->words[i] * row->pointer_size));
	/* What runs past the object is none of its pointers. */
	put_uints(b, NUMBERS(FIELD_PTR, UINT64_C(1) << 30, 0));
}

static void test_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(chunk_rows) / sizeof(*chunk_rows); i++) {
		const struct chunk_row *row = &chunk_rows[i];
		uint64_t size = bitmap_size(row->size, row->pointer_size);
		struct buffer b = { 0 };

		put_begin(&b,
			  (struct style){ .pointer_size = row->pointer_size });
		put_object_head(&b, HEAP, row->size);
		put_chunked(&b, row);
		put_uints(&b, NUMBERS(RECORD_DATA, 0x1000, row->size));
		put_chunked(&b, row);
		put_object(&b, HEAP - 16, 16, 0, NULL);
		put_end(&b);
		start(&b);
		expect(RECORD_OBJECT);
		assert_int_equal(record.object.size, row->size);
		assert_int_equal(record.object.memory.contents.len, 0);
		expect_contents(row->size);
		expect_bitmap(size, row->n, row->words);
		expect(RECORD_DATA);
		expect_contents(row->size);
		expect_bitmap(size, row->n, row->words);
		expect(RECORD_OBJECT);
		finish();
	}
}

/* What nobody asks for is gone over, from wherever they stopped. */
static void test_chunks_skipped(void **state)
{
	const struct chunk_row *row = &chunk_rows[7];
	struct bytes chunk;

	(void)state;
	for (int asked = 0; asked < 150; asked += 29) {
		struct buffer b = { 0 };
		put_begin(&b, (struct style){ 0 });
		put_object_head(&b, HEAP, row->size);
		put_chunked(&b, row);
		put_object(&b, HEAP - 16, 16, 0, NULL);
		put_end(&b);
		start(&b);
		expect(RECORD_OBJECT);
		for (int i = 0; i < asked; i++)
			(void)record_chunk(&record, &chunk);
		expect(RECORD_OBJECT);
		assert_int_equal(record.object.address, HEAP - 16);
		finish();
	}
}

static void test_chunked_frame(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_uints(&b, NUMBERS(RECORD_STACKFRAME, 500, 3, 600, 100000));
	put_pattern(&b, 100000);
	put_uints(&b, NUMBERS(21, 22, 23));
	put_text(&b, "main.deep");
	put_fields(&b, NUMBERS(0, 99992));
	put_end(&b);
	start(&b);
	expect(RECORD_STACKFRAME);
	expect_contents(100000);
	assert_int_equal(record.stackframe.entry, 21);
	assert_int_equal(record.stackframe.continuation_pc, 23);
	expect_text(record.stackframe.function, "main.deep");
	expect_bitmap(bitmap_size(100000, 8), NUMBERS(0, 12499));
	finish();
}

/* Go 1.3: the pointers of a type, over many windows of the bitmap. */
static void test_chunked_array(void **state)
{
	const uint64_t size = 12 << 20;
	struct bytes chunk;
	uint64_t at = 0, found = 0;
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .format = 3 });
	put_type(&b, 0x1000, 24, "main.T", true);
	put_uints(&b, NUMBERS(FIELD_PTR, 8, 0));
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0x1000, 1, size));
	put_pattern(&b, size);
	put_end(&b);
	start(&b);
	expect(RECORD_TYPE);
	expect(RECORD_OBJECT);
	expect_contents(size);
	while (record_chunk(&record, &chunk) > 0)
		for (size_t i = 0; i < 8 * chunk.len; i++, at++)
			if (chunk.data[i / 8] >> i % 8 & 1) {
				assert_int_equal(at % 3, 1);
				found++;
			}
	assert_int_equal(at, size / 8);
	assert_int_equal(found, size / 24);
	finish();
}

static void test_chunked_disorder(void **state)
{
	struct bytes chunk;
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_object_head(&b, HEAP, 9 << 20);
	put_pattern(&b, 9 << 20);
	put_uints(&b, NUMBERS(FIELD_PTR, 5 << 20, FIELD_PTR, 8));
	size_t at = b.len;
	put_uint(&b, 0);
	put_object(&b, HEAP - 16, 16, 0, NULL);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	while (record_chunk(&record, &chunk) > 0)
		;
	while (record_chunk(&record, &chunk) > 0)
		;
	finish_broken("pointer fields in no order", at);
}

/* Contents that are cut by a write(2) of 32 bits: the next record follows. */
static void test_cut_contents(void **state)
{
	static const uint64_t written[] = { 0, 70000, 300000 };
	struct bytes chunk;

	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++) {
		struct buffer b = { 0 };
		put_begin(&b, (struct style){ 0 });
		put_object_head(&b, HEAP, (UINT64_C(1) << 32) + written[i]);
		put_pattern(&b, written[i]);
		put_uint(&b, 0);
		put_object(&b, HEAP - 16, 16, NUMBERS(8));
		put_end(&b);
		start(&b);
		expect(RECORD_OBJECT);
		expect_contents(written[i]);
		assert_int_equal(record_chunk(&record, &chunk), 0);
		expect(RECORD_OBJECT);
		assert_int_equal(record.object.address, HEAP - 16);
		finish();
	}
}

static void test_cut_typed_contents(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .format = 3 });
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0, 0,
			      (UINT64_C(1) << 32) + 70000));
	put_pattern(&b, 70000);
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP - 16, 0, 0, 16));
	put_fill(&b, 0, 16);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	expect_contents(70000);
	expect(RECORD_OBJECT);
	assert_int_equal(record.object.address, HEAP - 16);
	finish();
}

/* A few bytes that claim an object of 2^60 get no bitmap of 2^54. */
static void claims_pointers(unsigned format)
{
	struct bytes chunk;
	uint64_t len = 0;
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .format = format });
	if (format == 3)
		put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0, 127,
				      UINT64_C(1) << 60));
	else
		put_object_head(&b, HEAP, UINT64_C(1) << 60);
	if (format > 3)
		put_fields(&b, NUMBERS(0, UINT64_C(1) << 59));
	/* An empty object: in Go 1.3 it has a type and a kind, no list. */
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0, 0));
	if (format == 3)
		put_uint(&b, 0);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	while (record_chunk(&record, &chunk) > 0)
		;
	while (len < 64 << 20 && record_chunk(&record, &chunk) > 0)
		len += chunk.len;
	assert_in_range(len, 0, CHUNK_SIZE);
	expect(RECORD_OBJECT);
	finish();
}

static void test_claimed_pointers(void **state)
{
	(void)state;
	claims_pointers(7);
	claims_pointers(3);
}

/* In contents that are not whole nothing is taken for a record. */
static void test_broken_contents(void **state)
{
	struct bytes chunk;
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_object_head(&b, HEAP, 200000);
	put_fill(&b, 0, CHUNK_SIZE);
	for (int i = 0; i < 5; i++)
		put_object(&b, UINT64_C(0xc000000000), 16, 0, NULL);
	size_t size = b.len;
	start(&b);
	expect(RECORD_OBJECT);
	while (record_chunk(&record, &chunk) > 0)
		;
	finish_broken("the file ends inside a record", size);
}

/* A bitmap of which a part was given is given to its end. */
static void test_broken_bitmap(void **state)
{
	const uint64_t size = 16 << 20;
	struct bytes chunk;
	uint64_t len = 0;
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ 0 });
	put_object_head(&b, HEAP, size);
	put_pattern(&b, size);
	for (uint64_t offset = 0; offset < size / 2; offset += 4096)
		put_uints(&b, NUMBERS(FIELD_PTR, offset));
	size_t whole = b.len;
	start(&b);
	expect(RECORD_OBJECT);
	expect_contents(size);
	while (record_chunk(&record, &chunk) > 0)
		len += chunk.len;
	assert_int_equal(len, bitmap_size(size, 8));
	finish_broken("the file ends without an end record", whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_chunks),
		TEST(test_chunks_skipped),
		TEST(test_chunked_frame),
		TEST(test_chunked_array),
		TEST(test_chunked_disorder),
		TEST(test_cut_contents),
		TEST(test_cut_typed_contents),
		TEST(test_claimed_pointers),
		TEST(test_broken_contents),
		TEST(test_broken_bitmap),
	};

	return cmocka_run_group_tests_name("chunks", tests, NULL, NULL);
}
