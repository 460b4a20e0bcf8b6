/* lib/record: the schemas, bitmaps, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "record/record.h"

static void test_bitmap_size(void **state)
{
	static const uint64_t rows[][3] = {
		{ 0, 8, 0 },
		{ 1, 8, 1 },
		{ 8, 8, 1 },
		{ 64, 8, 1 },
		{ 65, 8, 2 },
		{ 512, 8, 8 },
		{ 0, 4, 0 },
		{ 32, 4, 1 },
		{ 33, 4, 2 },
		{ 36, 4, 2 },
		{ 65536, 4, 2048 },
		{ 4 << 20, 8, 65536 },
		{ UINT64_MAX, 8, UINT64_C(1) << 58 },
		{ UINT64_MAX, 4, UINT64_C(1) << 59 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(bitmap_size(rows[i][0], rows[i][1]),
				 rows[i][2]);
}

static void test_object_extent(void **state)
{
	static const uint64_t rows[][3] = {
		{ 0xc000000000, 1024, 1024 }, { 0xc000000008, 1024, 1016 },
		{ 0xc000000008, 8, 8 },	      { 0xc000000008, 128, 128 },
		{ 0xc000000008, 144, 136 },   { 0xc000000010, 144, 144 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct object object = { .address = rows[i][0],
					 .size = rows[i][1] };
		assert_int_equal(object_extent(&object), rows[i][2]);
	}
}

static void test_word_at(void **state)
{
	static const uint8_t bytes[] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 8 };
	static const struct {
		uint64_t pointer_size;
		bool big_endian;
		uint64_t word;
	} rows[] = {
		{ 4, false, 0x04030201 },
		{ 4, true, 0x01020304 },
		{ 8, false, UINT64_C(0x0807060504030201) },
		{ 8, true, UINT64_C(0x0102030405060708) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct params params = { .pointer_size = rows[i].pointer_size,
					 .big_endian = rows[i].big_endian };
		assert_int_equal(word_at(&params, bytes + 1), rows[i].word);
	}
}

static size_t member_size(enum member_type type)
{
	switch (type) {
	case MEMBER_UINT:
	case MEMBER_ADDRESS:
		return sizeof(uint64_t);
	case MEMBER_BOOL:
		return sizeof(bool);
	default:
		return sizeof(struct text);
	}
}

/* Names that a person may use, each once; members in the record, apart. */
static void check_schema(const struct schema *schema)
{
	char used[sizeof(struct record)] = { 0 };

	assert_non_null(schema->name);
	assert_true(schema->len > 0);
	for (size_t i = 0; i < schema->len; i++) {
		const struct member *member = &schema->members[i];
		size_t size = member_size(member->type);

		assert_int_equal(
			strspn(member->name, "abcdefghijklmnopqrstuvwxyz_"),
			strlen(member->name));
		assert_true(member->offset >= offsetof(struct record, object));
		assert_true(member->offset + size <= sizeof(used));
		assert_null(memchr(used + member->offset, 1, size));
		memset(used + member->offset, 1, size);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(member->name,
						schema->members[j].name);
		for (size_t j = 0; j < member->names_len; j++)
			assert_non_null(member->names[j]);
	}
}

static void test_schemas(void **state)
{
	(void)state;
	for (int i = 0; i < RECORD_KINDS; i++) {
		check_schema(&record_schema[i]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(record_schema[i].name,
						record_schema[j].name);
	}
}

/* Contents before pointers: record_chunk() hands them out so. */
static void test_memories(void **state)
{
	(void)state;
	for (int kind = 0; kind < RECORD_KINDS; kind++) {
		struct record record = { .kind = (enum record_kind)kind };
		struct memory *memory = record_memory(&record);
		const struct schema *schema = &record_schema[kind];
		int found = 0;

		for (size_t i = 0; i < schema->len; i++) {
			void *at = (char *)&record + schema->members[i].offset;
			if (schema->members[i].type == MEMBER_CONTENTS) {
				assert_int_equal(found++, 0);
				assert_ptr_equal(at, &memory->contents);
			} else if (schema->members[i].type == MEMBER_POINTERS) {
				assert_int_equal(found++, 1);
				assert_ptr_equal(at, &memory->pointers);
			}
		}
		assert_int_equal(found, memory ? 2 : 0);
	}
}

static void test_arrays(void **state)
{
	struct record_arrays arrays = { 0 };

	(void)state;
	(void)record_numbers(&arrays, 0);
	record_numbers(&arrays, 10)[9] = 1;
	record_numbers(&arrays, 1000)[999] = 1;
	record_numbers(&arrays, 10)[9] = 1;
	record_calls(&arrays, 3)[2].line = 1;
	record_calls(&arrays, 300)[299].line = 1;
	assert_int_equal(arrays.numbers_size, 1000);
	assert_int_equal(arrays.calls_size, 300);
	record_arrays_free(&arrays);
	assert_null(arrays.numbers);
	assert_null(arrays.calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bitmap_size),
		cmocka_unit_test(test_object_extent),
		cmocka_unit_test(test_word_at),
		cmocka_unit_test(test_schemas),
		cmocka_unit_test(test_memories),
		cmocka_unit_test(test_arrays),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
