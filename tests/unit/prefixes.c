/*
 * Damage: every prefix of a small dump and of its stream, and every bit that
 * flips in it; of others a sample. Each ends with success or a reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/resource.h>

#include "pipeline.h"

/* Sanitizers take their time: a sample, then. */
#ifdef __SANITIZE_ADDRESS__
enum { STEP = 11 };
#else
enum { STEP = 1 };
#endif

typedef struct buffer treat(const struct buffer *bytes, bool plain,
			    struct outcome *outcome);

static struct buffer decode_all(const struct buffer *bytes, bool plain,
				struct outcome *outcome)
{
	return decode(bytes, plain, CONTENTS_ALL, outcome);
}

static void check_outcome(const struct outcome *outcome, const char *what,
			  size_t at)
{
	if (outcome->complete == (*outcome->reason == '\0'))
		return;
	fail_msg("%s %zu: complete %d, reason '%s'", what, at,
		 outcome->complete, outcome->reason);
}

/* By both paths, which agree. A stream that comes out is one. */
static void survives(treat *way, const struct buffer *bytes, const char *what,
		     size_t at)
{
	struct outcome outcome, plain_outcome, again_outcome;
	struct buffer fast = way(bytes, false, &outcome), again;
	struct buffer plain = way(bytes, true, &plain_outcome);

	check_outcome(&outcome, what, at);
	if (!buffer_equal(&fast, &plain) ||
	    strcmp(outcome.reason, plain_outcome.reason) != 0)
		fail_msg("%s %zu: paths differ: '%s' and '%s'", what, at,
			 outcome.reason, plain_outcome.reason);
	if (outcome.whole) {
		again = pass(&fast, false, &again_outcome);
		if (!again_outcome.whole || !buffer_equal(&fast, &again))
			fail_msg("%s %zu: its stream: '%s'", what, at,
				 again_outcome.reason);
		buffer_free(&again);
	}
	buffer_free(&fast);
	buffer_free(&plain);
}

static void survives_prefixes(treat *way, const struct buffer *bytes,
			      size_t step)
{
	for (size_t n = 0; n <= bytes->len; n += step) {
		struct buffer prefix = { bytes->data, n, n };
		survives(way, &prefix, "prefix", n);
	}
}

static void survives_flips(treat *way, const struct buffer *bytes)
{
	for (size_t at = 0; at < bytes->len; at += STEP) {
		uint8_t byte = bytes->data[at];
		for (int i = 0; i < 10; i++) {
			bytes->data[at] =
				(uint8_t)(i < 8 ? byte ^ 1 << i : -(i & 1));
			survives(way, bytes, "flip", at);
		}
		bytes->data[at] = byte;
	}
}

/* The seeds of the fuzz target `name`, from the place where make runs. */
static void each_seed(const char *name,
		      void (*visit)(const struct buffer *bytes, bool small))
{
	char pattern[64];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "testdata/fuzz/%s/*", name);
	if (glob(pattern, 0, NULL, &found) != 0)
		fail_msg("no %s: run this where the Makefile is", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		struct buffer bytes = read_file(fd);
		visit(&bytes, i == 0);
		buffer_free(&bytes);
	}
	globfree(&found);
}

static void damage_dump(const struct buffer *bytes, bool small)
{
	survives_prefixes(decode_all, bytes, small ? STEP : 7 * STEP);
	if (small)
		survives_flips(decode_all, bytes);
}

static void damage_stream(const struct buffer *bytes, bool small)
{
	survives_prefixes(pass, bytes, small ? STEP : 7 * STEP);
	if (small)
		survives_flips(pass, bytes);
}

static void test_dumps(void **state)
{
	(void)state;
	each_seed("dump", damage_dump);
}

static void test_streams(void **state)
{
	(void)state;
	each_seed("stream", damage_stream);
}

/* In test_dumps and test_streams together: far from what lengths claimed. */
static void test_memory(void **state)
{
	struct rusage usage;

	(void)state;
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	/* Sanitizers keep what was freed. */
	if (STEP == 1)
		assert_in_range(usage.ru_maxrss, 0, 64 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dumps),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("prefixes", tests, NULL, NULL);
}
