/* lib/dump: what only some runtimes write, and where they lie. */
#include "reading.h"

enum { PAGE = 8192 };

/* Go 1.5's lost names. */

static void put_lost_type(struct buffer *b, uint64_t address, size_t junk,
			  const char *decoy)
{
	put_uints(b, NUMBERS(RECORD_TYPE, address, 8, 11144769));
	put_fill(b, 0x5a, junk);
	put_string(b, decoy);
}

static void loses_name(size_t junk, const char *decoy)
{
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .format = 5 });
	put_lost_type(&b, 0x451234, junk, decoy);
	put_uints(&b, NUMBERS(1, RECORD_ITAB, 0x7f0000001000, 0x451234));
	put_type(&b, 0x460000, 16, "main.Found", false);
	put_end(&b);
	start(&b);
	expect(RECORD_TYPE);
	assert_null(record.type.name.data);
	assert_true(record.type.indirect);
	assert_int_equal(record.type.address, 0x451234);
	expect(RECORD_ITAB);
	assert_int_equal(record.itab.type, 1);
	expect(RECORD_TYPE);
	expect_text(record.type.name, "main.Found");
	finish();
}

static void test_lost_names(void **state)
{
	static const size_t sizes[] = { 0, 1, 20, 21, 22, 23, 300000, 3000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		loses_name(sizes[i], "");
		loses_name(sizes[i], "\1\b");
		loses_name(sizes[i], "\1\b\1\xff\xff");
		loses_name(sizes[i], "\1\b\x80\x80\x80\x80\x80\x80\x80\x80");
	}
}

static void test_lost_forever(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .format = 5 });
	put_lost_type(&b, 0x451234, 1000, "\1\b\1\x80");
	uint64_t size = b.len;
	start(&b);
	finish_broken("the file ends without an end record", size);
}

/* Slots that are no objects. */

struct slot_row {
	const char *version;
	unsigned pointer_size;
	uint64_t size, index; /* of the first that is none */
	bool pointers;
};

static void drops_slot(const struct slot_row *row)
{
	const uint64_t page = HEAP + 5 * PAGE;
	struct buffer b = { 0 };

	put_begin(&b, (struct style){ .pointer_size = row->pointer_size,
				      .version = row->version });
	/* A page of the other sort before it must not matter. */
	put_object(&b, page - PAGE, row->size, row->pointers ? 0 : 1,
		   (uint64_t[]){ 0 });
	put_object(&b, page, row->size, row->pointers ? 1 : 0,
		   (uint64_t[]){ 0 });
	put_object(&b, page + (row->index - 1) * row->size, row->size, 0, NULL);
	if ((row->index + 1) * row->size <= PAGE)
		put_object(&b, page + row->index * row->size, row->size, 0,
			   NULL);
	put_end(&b);
	start(&b);
	for (int i = 0; i < 3; i++)
		expect(RECORD_OBJECT);
	assert_int_equal(record.object.address,
			 page + (row->index - 1) * row->size);
	expect(RECORD_END);
	assert_int_equal(record.end.dropped,
			 (row->index + 1) * row->size <= PAGE);
	assert_int_equal(dump_next(&dump, &record), 0);
	close_dump();
}

/* index: (8192 - reserved) / size; none is dropped where that is all. */
static void test_bogus_slots(void **state)
{
	static const struct slot_row rows[] = {
		{ "go1.19.8", 8, 16, 512, true },
		{ "go1.21.13", 8, 512, 16, true },
		{ "go1.22.12", 8, 8, 1008, true },
		{ "go1.22.12", 8, 16, 504, true },
		{ "go1.22.12", 8, 512, 15, true },
		{ "go1.22.12", 8, 16, 512, false },
		{ "go1.22.12", 8, 512, 16, false },
		{ "go1.24.10", 8, 48, 168, true },
		{ "go1.25.1", 8, 16, 512, false },
		{ "go1.25.1 X:greentea", 8, 16, 504, false },
		{ "go1.25.1 X:greentea", 8, 16, 496, true },
		{ "go1.26.4", 8, 8, 1008, true },
		{ "go1.26.4", 8, 8, 1024, false },
		{ "go1.26.4", 8, 16, 496, true },
		{ "go1.26.4", 8, 16, 504, false },
		{ "go1.26.4", 8, 512, 15, true },
		{ "go1.26.4 X:nogreentea", 8, 16, 512, false },
		{ "go1.27.3", 8, 512, 15, false },
		{ "devel go1.28-0123", 8, 16, 496, true },
		{ "go1.22.12", 4, 8, 992, true },
		{ "go1.22.12", 4, 128, 62, true },
		{ "go1.22.12", 4, 128, 64, false },
		{ "go1.26.4", 4, 16, 488, true },
		{ "go1.26.4", 4, 128, 63, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		drops_slot(&rows[i]);
}

/* Larger slots are in spans without bitmaps or marks. */
static void test_large_slots(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .version = "go1.26.4" });
	put_object(&b, HEAP + PAGE - 576, 576, 0, NULL);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	finish();
}

/* Malloc headers. */

enum { TYPE = 0x4bd040 };

struct header_row {
	const char *version;
	unsigned pointer_size;
	uint64_t size, word, field;
	bool header;
};

static void put_headed(struct buffer *b, struct style style,
		       const struct header_row *row)
{
	put_object_head(b, HEAP, row->size);
	put_word(b, style, row->word);
	put_fill(b, 0, row->size - style.pointer_size);
	put_fields(b, NUMBERS(row->field));
}

static void finds_header(const struct header_row *row, bool big_endian)
{
	struct style style = { .pointer_size = row->pointer_size,
			       .big_endian = big_endian,
			       .version = row->version };
	uint64_t strip = row->header ? 8 : 0;
	const struct object *object = &record.object;
	struct buffer b = { 0 };

	put_begin(&b, style);
	put_type(&b, 0x1000, 8, "main.T", true);
	put_headed(&b, style, row);
	put_headed(&b, style, row);
	put_end(&b);
	start(&b);
	expect(RECORD_TYPE);
	if (row->header) {
		expect(RECORD_TYPEADDRESS);
		assert_int_equal(record.typeaddress.id, 2);
		assert_int_equal(record.typeaddress.address, row->word);
	}
	for (int i = 0; i < 2; i++) {
		expect(RECORD_OBJECT);
		assert_int_equal(object->address, HEAP + strip);
		assert_int_equal(object->size, row->size);
		assert_int_equal(object->type, row->header ? 2 : 0);
		assert_int_equal(object->memory.contents.len,
				 row->size - strip);
		assert_int_equal(object->memory.pointers.len,
				 bitmap_size(row->size, row->pointer_size));
		expect_pointers(
			NUMBERS((row->field - strip) / row->pointer_size));
		assert_int_equal(object_extent(object), row->size - strip);
	}
	finish();
}

static void test_malloc_headers(void **state)
{
	static const struct header_row rows[] = {
		{ "go1.21.13", 8, 576, TYPE, 8, false },
		{ "go1.22.12", 8, 512, TYPE, 8, false },
		{ "go1.22.12", 8, 576, TYPE, 8, true },
		{ "go1.22.12", 8, 576, TYPE, 568, true },
		{ "go1.22.12", 8, 576, TYPE, 0, false },
		{ "go1.27.3", 8, 28672, TYPE, 64, true },
		{ "go1.27.3", 8, 32768, TYPE, 64, true },
		{ "go1.27.3", 8, 32768, TYPE, 0, false },
		{ "go1.27.3", 8, 32768, 0, 64, false },
		{ "go1.27.3", 8, 32768, 4096, 64, false },
		{ "go1.27.3", 8, 32768, TYPE + 4, 64, false },
		{ "go1.27.3", 8, 32768, HEAP + 64, 64, false },
		{ "go1.27.3", 8, 32768, HEAP_END, 64, true },
		{ "go1.27.3", 8, 40960, TYPE, 8, false },
		{ "go1.22.12", 4, 128, TYPE, 8, false },
		{ "go1.22.12", 4, 144, TYPE, 8, true },
		{ "go1.22.12", 4, 144, TYPE, 140, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		finds_header(&rows[i], false);
		finds_header(&rows[i], true);
	}
}

/* Without fields there is no header. */
static void test_no_header(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .version = "go1.22.12" });
	put_object(&b, HEAP, 1024, 0, NULL);
	put_end(&b);
	start(&b);
	expect(RECORD_OBJECT);
	assert_int_equal(record.object.address, HEAP);
	assert_int_equal(record.object.memory.contents.len, 1024);
	finish();
}

/* Go 1.3: the type says where the pointers are. */

enum {
	T_POINTER = 0x1000, /* 24 bytes: a pointer at 8 */
	T_IFACE = 0x2000,   /* 16 bytes: an interface */
	T_EFACE = 0x3000,   /* 16 bytes: an interface{} */
	T_MIXED = 0x4000,   /* 48 bytes: string at 0, slice at 16 */
	T_DIRECT = 0x5000,  /* in an interface: itself */
	ITAB_DIRECT = 0x6000,
	ITAB_INDIRECT = 0x7000,
};

static void put_types(struct buffer *b)
{
	put_type(b, T_POINTER, 24, "pointer", true);
	put_uints(b, NUMBERS(FIELD_PTR, 8, 0));
	put_type(b, T_IFACE, 16, "iface", true);
	put_uints(b, NUMBERS(FIELD_IFACE, 0, 0));
	put_type(b, T_EFACE, 16, "eface", true);
	put_uints(b, NUMBERS(FIELD_EFACE, 0, 0));
	put_type(b, T_MIXED, 48, "mixed", true);
	put_uints(b, NUMBERS(FIELD_STRING, 0, FIELD_SLICE, 16, 0));
	put_type(b, T_DIRECT, 8, "direct", false);
	put_uint(b, 0);
	put_uints(b, NUMBERS(RECORD_ITAB, ITAB_DIRECT, 0));
	put_uints(b, NUMBERS(RECORD_ITAB, ITAB_INDIRECT, 1));
}

struct typed_row {
	uint64_t type, kind, size, word; /* the first of the contents */
	size_t n;
	uint64_t pointers[4];
};

static void walks_type(const struct typed_row *row)
{
	static const unsigned kinds[128] = {
		OBJECT_REGULAR, OBJECT_ARRAY,
		OBJECT_CHANNEL, [127] = OBJECT_CONSERVATIVE
	};
	struct style style = { .format = 3 };
	struct buffer b = { 0 };

	put_begin(&b, style);
	put_types(&b);
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, row->type, row->kind,
			      row->size));
	put_word(&b, style, row->word);
	put_fill(&b, 0, row->size - 8);
	put_end(&b);
	start(&b);
	for (int i = 0; i < 5; i++)
		expect(RECORD_TYPE);
	expect(RECORD_ITAB);
	expect(RECORD_ITAB);
	expect(RECORD_OBJECT);
	assert_int_equal(record.object.kind, kinds[row->kind]);
	assert_int_equal(record.object.type != 0, row->type != 0);
	expect_pointers(row->n, row->pointers);
	finish();
}

static void test_typed_objects(void **state)
{
	static const struct typed_row rows[] = {
		{ 0, 0, 32, 0, 0, { 0 } },
		{ 0, 127, 32, 0, 4, { 0, 1, 2, 3 } },
		{ T_POINTER, 0, 96, 0, 1, { 1 } },
		{ T_POINTER, 1, 80, 0, 3, { 1, 4, 7 } },
		{ T_POINTER, 2, 96 + 56, 0, 2, { 13, 16 } },
		{ T_POINTER, 2, 96, 0, 0, { 0 } },
		{ T_MIXED, 0, 48, 0, 2, { 0, 2 } },
		{ T_MIXED, 0, 16, 0, 1, { 0 } },
		{ T_DIRECT, 1, 64, 0, 0, { 0 } },
		{ T_IFACE, 0, 16, ITAB_INDIRECT, 1, { 1 } },
		{ T_IFACE, 0, 16, ITAB_DIRECT, 0, { 0 } },
		{ T_IFACE, 0, 16, 0x9999, 0, { 0 } },
		{ T_IFACE, 0, 16, 0, 0, { 0 } },
		{ T_EFACE, 0, 16, T_POINTER, 1, { 1 } },
		{ T_EFACE, 0, 16, T_DIRECT, 0, { 0 } },
		{ T_EFACE, 0, 16, 0x9999, 1, { 1 } },
		{ T_EFACE, 0, 16, 0, 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		walks_type(&rows[i]);
}

/* An object of a type that no record described. */
static void test_late_type(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_begin(&b, (struct style){ .format = 3 });
	put_uints(&b, NUMBERS(RECORD_OBJECT, HEAP, 0x8000, 0, 8));
	put_fill(&b, 1, 8);
	put_type(&b, 0x8000, 8, "late", true);
	put_uint(&b, 0);
	put_end(&b);
	start(&b);
	expect(RECORD_TYPEADDRESS);
	assert_int_equal(record.typeaddress.id, 1);
	expect(RECORD_OBJECT);
	assert_int_equal(record.object.type, 1);
	expect(RECORD_TYPE);
	assert_int_equal(record.type.id, 1);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lost_names),	   TEST(test_lost_forever),
		TEST(test_bogus_slots),	   TEST(test_large_slots),
		TEST(test_malloc_headers), TEST(test_no_header),
		TEST(test_typed_objects),  TEST(test_late_type),
	};

	return cmocka_run_group_tests_name("quirks", tests, NULL, NULL);
}
