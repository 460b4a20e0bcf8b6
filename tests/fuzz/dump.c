/*
 * Any bytes as a heap dump. Fast and general paths agree, and the stream
 * that comes out is one: read and written again it is the same.
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

static void check_pass(const struct buffer *stream, bool plain, bool complete)
{
	struct outcome outcome;
	struct buffer again = pass(stream, plain, &outcome);

	check(outcome.whole, "no stream", &outcome);
	check(outcome.complete == complete, "complete", &outcome);
	check(complete == (*outcome.reason == '\0'), "reason", &outcome);
	check(buffer_equal(stream, &again), "written again", &outcome);
	buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer dump = { (uint8_t *)data, size, size };
	enum contents_mode mode = (enum contents_mode)(size % 3);
	struct outcome outcome, plain_outcome;
	struct buffer stream = decode(&dump, false, mode, &outcome);
	struct buffer plain = decode(&dump, true, mode, &plain_outcome);

	check(outcome.complete == (*outcome.reason == '\0'), "reason",
	      &outcome);
	check(strcmp(outcome.reason, plain_outcome.reason) == 0, "reasons",
	      &plain_outcome);
	check(outcome.offset == plain_outcome.offset, "offsets", &outcome);
	check(buffer_equal(&stream, &plain), "paths differ", &outcome);
	if (outcome.opened) {
		check_pass(&stream, false, outcome.complete);
		check_pass(&stream, true, outcome.complete);
	}
	buffer_free(&stream);
	buffer_free(&plain);
	return 0;
}
