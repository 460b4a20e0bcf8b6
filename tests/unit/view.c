/* lib/view: numbers, and text that may be anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buffer.h"
#include "view/json.h"
#include "view/text.h"
#include "view/types.h"

static struct output out;
static int fd;

static int open_out(void **state)
{
	(void)state;
	fd = file_of("", 0);
	output_open(&out, fd);
	return 0;
}

/* What was written since the last time is this. */
static void wrote(const char *expected, size_t n)
{
	struct buffer b;

	assert_int_equal(output_flush(&out), 0);
	b = read_file(dup(fd));
	assert_int_equal(b.len, n);
	assert_memory_equal(b.data, expected, n);
	buffer_free(&b);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static void wrote_string(const char *expected)
{
	wrote(expected, strlen(expected));
}

static int close_out(void **state)
{
	(void)state;
	output_close(&out);
	close(fd);
	return 0;
}

#define TEXT(STRING) ((struct text){ STRING, sizeof(STRING) - 1 })

static void test_numbers(void **state)
{
	static const struct {
		uint64_t value;
		const char *decimal, *address, *hex;
	} rows[] = {
		{ 0, "0", "0000000000000000", "0" },
		{ 9, "9", "0000000000000009", "9" },
		{ 10, "10", "000000000000000a", "a" },
		{ UINT64_C(0xc000012340), "824633795392", "000000c000012340",
		  "c000012340" },
		{ UINT64_C(0x0123456789abcdef), "81985529216486895",
		  "0123456789abcdef", "123456789abcdef" },
		{ UINT64_C(0xfedcba9876543210), "18364758544493064720",
		  "fedcba9876543210", "fedcba9876543210" },
		{ UINT64_MAX, "18446744073709551615", "ffffffffffffffff",
		  "ffffffffffffffff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		text_uint(&out, rows[i].value);
		wrote_string(rows[i].decimal);
		text_address(&out, rows[i].value);
		wrote_string(rows[i].address);
		text_hex(&out, rows[i].value);
		wrote_string(rows[i].hex);
	}
}

static void test_bytes(void **state)
{
	static const uint8_t data[] = { 0, 1, 15, 16, 127, 128, 255 };
	struct bytes bytes = { data, sizeof(data) };

	(void)state;
	text_byte_list(&out, bytes);
	wrote_string("[0 1 15 16 127 128 255]");
	text_byte_list(&out, (struct bytes){ 0 });
	wrote_string("[]");
	text_hex_bytes(&out, bytes);
	wrote_string("00010f107f80ff");
	text_hex_bytes(&out, (struct bytes){ 0 });
	wrote_string("");
}

/* As Go's %q shows them, without its quotes. */
static const struct {
	struct text text;
	const char *escaped, *json;
} texts[] = {
#define ROW(STRING, ESCAPED, JSON)                                             \
	{                                                                      \
		{ STRING, sizeof(STRING) - 1 }, ESCAPED, JSON                  \
	}
	ROW("", "", ""),
	ROW("main.T", "main.T", "main.T"),
	ROW("a\"b\\c", "a\"b\\c", "a\\\"b\\\\c"),
	ROW("\n\t\r", "\\n\\t\\r", "\\n\\u0009\\u000d"),
	ROW("\a\b\f\v", "\\a\\b\\f\\v", "\\u0007\\u0008\\u000c\\u000b"),
	ROW("\0x", "\\x00x", "\\u0000x"),
	ROW("\033[31m", "\\x1b[31m", "\\u001b[31m"),
	ROW("\177", "\\x7f", "\\u007f"),
	ROW("T\303\234RK", "T\303\234RK", "T\303\234RK"),
	ROW("\342\202\254", "\342\202\254", "\342\202\254"),
	ROW("\360\237\230\200", "\360\237\230\200", "\360\237\230\200"),
	/* C1 control, bidi override, line separator, BOM, private use */
	ROW("\302\233", "\\u009b", "\\u009b"),
	ROW("\342\200\256", "\\u202e", "\\u202e"),
	ROW("\342\200\250", "\\u2028", "\\u2028"),
	ROW("\357\273\277", "\\ufeff", "\\ufeff"),
	ROW("\356\200\200", "\\ue000", "\\ue000"),
	/* a tag, which is a format character, and one that is unassigned */
	ROW("\363\240\200\201", "\\U000e0001", "\\udb40\\udc01"),
	ROW("\364\217\277\277", "\\U0010ffff", "\\udbff\\udfff"),
	/* not UTF-8: alone, cut off, overlong, surrogate, beyond the end */
	ROW("\200", "\\x80", "\\ufffd"),
	ROW("\377x", "\\xffx", "\\ufffdx"),
	ROW("\342\202", "\\xe2\\x82", "\\ufffd\\ufffd"),
	ROW("\300\257", "\\xc0\\xaf", "\\ufffd\\ufffd"),
	ROW("\355\240\200", "\\xed\\xa0\\x80", "\\ufffd\\ufffd\\ufffd"),
	ROW("\364\220\200\200", "\\xf4\\x90\\x80\\x80",
	    "\\ufffd\\ufffd\\ufffd\\ufffd"),
#undef ROW
};

static void test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		text_escaped(&out, texts[i].text);
		wrote_string(texts[i].escaped);
	}
	text_escaped_lines(&out, TEXT("a\nb\tc\n"));
	wrote_string("a\nb\\tc\n");
}

static void test_escape_into(void **state)
{
	char string[64], expected[64];

	(void)state;
	assert_string_equal(text_escape_into(string, sizeof(string),
					     "a\033\342\200\256\377\303\234"),
			    "a\\x1b\\u202e\\xff\303\234");
	assert_string_equal(text_escape_into(string, 1, "abc"), "");
	/* Cut between characters, in what room there is. */
	for (size_t size = 1; size < sizeof(string); size++) {
		memset(string, 0x55, sizeof(string));
		text_escape_into(string, size,
				 "\033\033\033\033\033\033\033"
				 "\033\033\033\033\033\033\033");
		assert_true(strlen(string) < size);
		assert_int_equal(strlen(string) % 4, 0);
		memset(expected, 0x55, sizeof(expected));
		assert_memory_equal(string + size, expected,
				    sizeof(string) - size);
	}
}

/* Of every byte there is, in every place of two. */
static void test_all_bytes(void **state)
{
	(void)state;
	for (int i = 0; i < 65536; i++) {
		char two[] = { (char)(i >> 8), (char)i };
		struct text text = { two, 2 };
		struct buffer b;

		text_escaped(&out, text);
		assert_int_equal(output_flush(&out), 0);
		b = read_file(dup(fd));
		for (size_t j = 0; j < b.len; j++)
			assert_false(b.data[j] < ' ' || b.data[j] == 127);
		buffer_free(&b);
		assert_int_equal(ftruncate(fd, 0), 0);
		lseek(fd, 0, SEEK_SET);
	}
}

static void test_long_text(void **state)
{
	struct buffer b = { 0 };

	(void)state;
	put_fill(&b, 'x', 3 * OUTPUT_SIZE);
	text_escaped(&out, (struct text){ (char *)b.data, b.len });
	wrote((char *)b.data, b.len);
	text_hex_bytes(&out, (struct bytes){ b.data, b.len });
	assert_int_equal(output_flush(&out), 0);
	buffer_free(&b);
	b = read_file(dup(fd));
	assert_int_equal(b.len, 6 * OUTPUT_SIZE);
	buffer_free(&b);
}

static void test_characters(void **state)
{
	static const struct {
		const char *bytes;
		uint8_t n, len;
		bool valid, incomplete, printable;
		uint32_t code;
	} rows[] = {
		{ "A", 1, 1, true, false, true, 'A' },
		{ "\n", 1, 1, true, false, false, '\n' },
		{ "\303", 1, 1, false, true, false, 0xc3 },
		{ "\303\234", 2, 2, true, false, true, 0xdc },
		{ "\342\202", 2, 1, false, true, false, 0xe2 },
		{ "\342\202x", 3, 1, false, false, false, 0xe2 },
		{ "\360\237\230", 3, 1, false, true, false, 0xf0 },
		{ "\360\237\230\200", 4, 4, true, false, true, 0x1f600 },
		{ "\300", 1, 1, false, false, false, 0xc0 },
		{ "\342\200\256", 3, 3, true, false, false, 0x202e },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct character c =
			character_at((const uint8_t *)rows[i].bytes, rows[i].n);
		assert_int_equal(c.len, rows[i].len);
		assert_int_equal(c.valid, rows[i].valid);
		assert_int_equal(c.incomplete, rows[i].incomplete);
		assert_int_equal(c.printable, rows[i].printable);
		assert_int_equal(c.code, rows[i].code);
	}
}

static void test_json_values(void **state)
{
	struct json json = json_begin(&out);

	(void)state;
	json_uint(&json, "size", UINT64_MAX);
	json_address(&json, "address", UINT64_C(0xc000012340));
	json_bool(&json, "yes", true);
	json_bool(&json, "no", false);
	json_null(&json, "type");
	json_text(&json, "name", (struct text){ 0 });
	json_text(&json, "empty", TEXT(""));
	json_string(&json, "kind", "regular");
	json_open(&json, "list", '[');
	json_uint(&json, NULL, 1);
	json_open(&json, NULL, '{');
	json_uint(&json, "a", 2);
	json_shut(&json, '}');
	json_shut(&json, ']');
	json_open(&json, "none", '[');
	json_shut(&json, ']');
	json_string_begin(&json, "pieces");
	json_string_text(&json, TEXT("a\""));
	json_string_hex(&json, (struct bytes){ (const uint8_t *)"\x0f", 1 });
	json_string_end(&json);
	json_end(&json);
	json = json_begin(&out);
	json_end(&json);
	wrote_string("{\"size\":18446744073709551615,"
		     "\"address\":\"0xc000012340\",\"yes\":true,\"no\":false,"
		     "\"type\":null,\"name\":null,\"empty\":\"\","
		     "\"kind\":\"regular\",\"list\":[1,{\"a\":2}],"
		     "\"none\":[],\"pieces\":\"a\\\"0f\"}\n{}\n");
}

static void test_json_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct json json = { .out = &out, .first = true };
		json_string_text(&json, texts[i].text);
		wrote_string(texts[i].json);
	}
}

static void note(struct types *types, uint64_t id, const char *name)
{
	static const uint64_t fields[] = { FIELD_PTR, 0 };
	struct record record = { .kind = RECORD_TYPE };

	record.type.id = id;
	record.type.name = (struct text){ name, name ? strlen(name) : 0 };
	record.type.fields = (struct numbers){ fields, 2 };
	types_note(types, &record);
}

static void test_types(void **state)
{
	struct record other = { .kind = RECORD_ITAB, .itab = { .type = 3 } };
	struct types types = { 0 };

	(void)state;
	assert_null(types_get(&types, 1));
	assert_null(types_name(&types, 0).data);
	for (uint64_t id = 1000; id > 0; id--)
		note(&types, id, "main.T");
	note(&types, 5, "main.Five");
	note(&types, 6, NULL);
	types_note(&types, &other);
	assert_memory_equal(types_name(&types, 5).data, "main.Five", 9);
	assert_null(types_name(&types, 6).data);
	assert_non_null(types_get(&types, 6));
	assert_int_equal(types_get(&types, 1000)->fields.data[0], FIELD_PTR);
	assert_null(types_get(&types, 1001));
	assert_null(types_name(&types, 0).data);
	types_close(&types);
}

int main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, open_out, close_out)
	const struct CMUnitTest tests[] = {
		TEST(test_numbers),	 TEST(test_bytes),
		TEST(test_escapes),	 TEST(test_escape_into),
		TEST(test_all_bytes),	 TEST(test_long_text),
		TEST(test_characters),	 TEST(test_json_values),
		TEST(test_json_strings), TEST(test_types),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
