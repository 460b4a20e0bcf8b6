#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dump/priv.h"

void dump_set_reason(struct dump *dump, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(dump->reason, sizeof(dump->reason), format, arguments);
	va_end(arguments);
}

/* Why the bytes at the end of the input are not enough. */
static void set_short_reason(struct dump *dump)
{
	if (dump->in.error)
		dump_set_reason(dump, "reading failed: %s",
				strerror(dump->in.error));
	else if (dump->in.eof && dump->in.pos == dump->in.end)
		dump_set_reason(dump, "the file ends without an end record");
	else if (dump->in.eof)
		dump_set_reason(dump, "the file ends inside a record");
	else
		dump_set_reason(dump, "a record of more than 1 MiB");
}

void dump_break(struct dump *dump, const struct cursor *c)
{
	dump->broken = true;
	dump->state = DUMP_END;
	if (c && c->state == CURSOR_BAD) {
		dump->offset = input_offset(&dump->in, c->p);
		dump_set_reason(dump, "%s", c->why);
	} else {
		dump->offset = input_offset(&dump->in, dump->in.end);
		set_short_reason(dump);
	}
}

bool dump_retry(struct dump *dump, const struct cursor *c)
{
	if (c->state == CURSOR_OK)
		return false;
	if (c->state == CURSOR_SHORT && input_more(&dump->in) > 0)
		return true;
	dump_break(dump, c);
	return false;
}
