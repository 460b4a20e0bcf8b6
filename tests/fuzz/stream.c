/*
 * Any bytes as a record stream. Fast and general paths agree, and what is
 * written of it is a stream that stays what it is.
 */
#include "../unit/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good, const char *what, const struct outcome *outcome)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, outcome->reason);
	abort();
}

static void check_again(const struct buffer *stream, bool plain)
{
	struct outcome outcome;
	struct buffer again = pass(stream, plain, &outcome);

	check(outcome.whole, "no stream", &outcome);
	check(buffer_equal(stream, &again), "written again", &outcome);
	buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer bytes = { (uint8_t *)data, size, size };
	struct outcome outcome, plain_outcome;
	struct buffer stream = pass(&bytes, false, &outcome);
	struct buffer plain = pass(&bytes, true, &plain_outcome);

	check(outcome.complete == (*outcome.reason == '\0'), "reason",
	      &outcome);
	check(outcome.whole == plain_outcome.whole, "ends", &outcome);
	check(strcmp(outcome.reason, plain_outcome.reason) == 0, "reasons",
	      &plain_outcome);
	check(buffer_equal(&stream, &plain), "paths differ", &outcome);
	if (outcome.whole) {
		check_again(&stream, false);
		check_again(&stream, true);
	}
	buffer_free(&stream);
	buffer_free(&plain);
	return 0;
}
