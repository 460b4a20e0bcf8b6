#include "io/output.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void output_open(struct output *out, int fd)
{
	*out = (struct output){ .fd = fd, .buf = malloc(OUTPUT_SIZE) };
	if (!out->buf)
		err(1, "output buffer");
	/* Only a pipe takes it, and only for speed. */
	(void)fcntl(fd, F_SETPIPE_SZ, 1024 * 1024);
}

void output_close(struct output *out)
{
	free(out->buf);
	out->buf = NULL;
}

void output_die_of_sigpipe(void)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)raise(SIGPIPE);
	_exit(128 + SIGPIPE);
}

static void write_all(struct output *out, const uint8_t *data, size_t n)
{
	while (n > 0 && !out->error) {
		ssize_t done = write(out->fd, data, n);
		if (done < 0 && errno == EPIPE)
			output_die_of_sigpipe();
		if (done < 0 && errno != EINTR)
			out->error = errno;
		if (done > 0) {
			data += done;
			n -= (size_t)done;
		}
	}
}

int output_flush(struct output *out)
{
	write_all(out, out->buf, out->len);
	out->len = 0;
	return out->error ? -1 : 0;
}

void output_write(struct output *out, const void *data, size_t n)
{
	if (n > OUTPUT_ROOM) {
		(void)output_flush(out);
		write_all(out, data, n);
		return;
	}
	if (n > 0)
		memcpy(output_room(out, n), data, n);
	out->len += n;
}
