/*
 * tests/unit/reading.h: a dump that a test has put together, record by record,
 * by the fast and by the plain path.
 */
#ifndef GOHAT_TEST_READING_H
#define GOHAT_TEST_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/dump.h"
#include "dumps.h"

static bool plain;
static struct dump dump;
static struct record record;
static int fd;

static inline int use_fast(void **state)
{
	(void)state;
	plain = false;
	return 0;
}

static inline int use_plain(void **state)
{
	(void)state;
	plain = true;
	return 0;
}

#define TEST(NAME)                                                             \
	{ #NAME, NAME, use_fast, NULL, NULL },                                 \
	{                                                                      \
#NAME " (plain)", NAME, use_plain, NULL, NULL                  \
	}

static inline void expect(enum record_kind kind)
{
	assert_int_equal(dump_next(&dump, &record), 1);
	assert_int_equal(record.kind, kind);
}

static inline void start(struct buffer *b)
{
	fd = file_of(b->data, b->len);
	buffer_free(b);
	assert_int_equal(dump_open(&dump, fd), 0);
	dump.plain = plain;
	expect(RECORD_PARAMS);
}

static inline void close_dump(void)
{
	dump_close(&dump);
	close(fd);
}

/* The end record, and nothing behind it. */
static inline void finish(void)
{
	expect(RECORD_END);
	assert_true(record.end.complete);
	assert_null(record.end.reason.data);
	assert_int_equal(dump_next(&dump, &record), 0);
	close_dump();
}

static inline void finish_broken(const char *reason, uint64_t offset)
{
	expect(RECORD_END);
	assert_false(record.end.complete);
	assert_int_equal(record.end.reason.len, strlen(reason));
	assert_memory_equal(record.end.reason.data, reason, strlen(reason));
	assert_int_equal(record.end.offset, offset);
	for (int i = 0; i < 3; i++)
		assert_int_equal(dump_next(&dump, &record), 0);
	/* What a program prints later is what the record said. */
	assert_string_equal(dump.reason, reason);
	assert_int_equal(dump.offset, offset);
	close_dump();
}

static inline bool has_pointer(uint64_t word)
{
	const struct bytes *bitmap = &record_memory(&record)->pointers;

	return word / 8 < bitmap->len && bitmap->data[word / 8] >> word % 8 & 1;
}

/* Exactly these words of the record's held memory are pointers. */
static inline void expect_pointers(size_t n, const uint64_t *words)
{
	size_t found = 0;

	for (uint64_t i = 0; i < 8 * record_memory(&record)->pointers.len; i++)
		found += has_pointer(i);
	assert_int_equal(found, n);
	for (size_t i = 0; i < n; i++)
		assert_true(has_pointer(words[i]));
}

static inline void expect_text(struct text text, const char *expected)
{
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.data, expected, text.len);
}

#endif
