#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stream/priv.h"

int stream_broken(struct stream_in *in, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(in->reason, sizeof(in->reason), format, arguments);
	va_end(arguments);
	in->state = STREAM_BROKEN;
	in->record = NULL;
	return -1;
}

uint64_t stream_records(const struct stream_in *in)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < RECORD_KIND_LIMIT; i++)
		sum += in->counts[i];
	return sum;
}

int stream_broken_end(struct stream_in *in)
{
	if (in->in.error)
		return stream_broken(in, "reading failed: %s",
				     strerror(in->in.error));
	if (!in->in.eof)
		return stream_broken(in,
				     "record %" PRIu64
				     " is larger than 1 MiB: send "
				     "its byte strings in chunks, see "
				     "gohat-stream(5)",
				     stream_records(in) + 1);
	return stream_broken(
		in,
		"the stream ends in or after record %" PRIu64
		", without an end record: the program before this one "
		"in the pipe failed or was killed",
		stream_records(in));
}

static int broken_at(struct stream_in *in, const struct items *items)
{
	return stream_broken(in, "record %" PRIu64 ", at byte %" PRIu64 ": %s",
			     stream_records(in) + 1,
			     input_offset(&in->in, items->p), items->why);
}

bool stream_retry(struct stream_in *in, const struct items *items)
{
	if (items->state == ITEMS_OK)
		return false;
	if (items->state == ITEMS_BAD)
		(void)broken_at(in, items);
	else if (input_more(&in->in) > 0)
		return true;
	else
		(void)stream_broken_end(in);
	return false;
}
