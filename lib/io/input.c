#include "io/input.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void input_open(struct input *in, int fd)
{
	*in = (struct input){ .fd = fd, .size = INPUT_SIZE };
	in->buf = calloc(1, in->size + INPUT_PAD);
	if (!in->buf)
		err(1, "input buffer");
	in->pos = in->end = in->buf;
	/* Only a pipe takes it, and only for speed. */
	(void)fcntl(fd, F_SETPIPE_SZ, INPUT_MAX);
}

void input_close(struct input *in)
{
	free(in->buf);
	in->buf = NULL;
}

/* Move what is not yet parsed to the front, in a larger buffer if need be. */
static bool make_room(struct input *in)
{
	size_t left = (size_t)(in->end - in->pos);

	in->offset += (uint64_t)(in->pos - in->buf);
	memmove(in->buf, in->pos, left);
	if (left == in->size && in->size < INPUT_MAX) {
		uint8_t *buf = realloc(in->buf, 2 * in->size + INPUT_PAD);
		if (!buf)
			err(1, "input buffer");
		in->buf = buf;
		in->size *= 2;
	}
	in->pos = in->buf;
	in->end = in->buf + left;
	return left < in->size;
}

int input_more(struct input *in)
{
	ssize_t n;

	if (in->eof || in->error)
		return in->error ? -1 : 0;
	if (!make_room(in))
		return -1;
	do
		n = read(in->fd, in->buf + (in->end - in->buf),
			 in->size - (size_t)(in->end - in->buf));
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->end += n;
	/* Zeros end any varint or list, so parsers may look past `end`. */
	memset(in->buf + (in->end - in->buf), 0, INPUT_PAD);
	if (n < 0) {
		in->error = errno;
		return -1;
	}
	in->eof = n == 0;
	if (in->on_read)
		in->on_read(input_offset(in, in->end));
	return n > 0;
}
