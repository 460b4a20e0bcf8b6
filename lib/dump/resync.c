/*
 * Go 1.5 wrote the names of some types as megabytes of its read-only data,
 * and fewer of them than it declared (runtime/heapdump.go:186 of go1.5). What
 * follows is known: a type's flag, and the itab record that names this type.
 */
#include "dump/priv.h"

enum { PATTERN_MAX = 2 + 10 + 10 }; /* flag, tag, two varints */

/* flag, tag of itab, varint of an itab, varint of `address`. */
static bool matches(struct cursor c, uint64_t address)
{
	return *c.p <= 1 && cursor_uint(&c) <= 1 &&
	       cursor_uint(&c) == RECORD_ITAB && cursor_uint(&c) != 0 &&
	       cursor_uint(&c) == address && c.state == CURSOR_OK;
}

int resync_type(struct dump *dump, uint64_t address, bool *indirect)
{
	struct input *in = &dump->in;

	for (;;) {
		while (in->end - in->pos >= PATTERN_MAX ||
		       (in->eof && in->pos < in->end)) {
			if (matches(cursor_at(in), address)) {
				*indirect = *in->pos++;
				return 1;
			}
			in->pos++;
		}
		int more = input_more(in);
		if (more < 0 || (more == 0 && in->pos == in->end))
			return more;
	}
}
