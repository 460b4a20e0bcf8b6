/*
 * lib/io/output.h: write a file descriptor through one buffer.
 *
 * An error is kept, as stdio keeps it, and everything after it is dropped:
 * look at `error` to stop early and at output_flush() once, at the end. When
 * the reader of a pipe is gone the process ends as if SIGPIPE had killed it.
 */
#ifndef GOHAT_OUTPUT_H
#define GOHAT_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

enum {
	OUTPUT_SIZE = 128 * 1024,
	OUTPUT_ROOM = 64 * 1024, /* most that output_room() gives at once */
};

struct output {
	int fd;
	int error;    /* errno of the first failed write, else 0 */
	size_t len;   /* bytes in buf */
	uint8_t *buf; /* owned; OUTPUT_SIZE bytes */
};

/* Start writing `fd`, which stays the caller's. Dies without memory. */
void output_open(struct output *out, int fd);
void output_close(struct output *out);

/* Write out what is buffered. Returns 0, or -1 if any write ever failed. */
int output_flush(struct output *out);

/* As cat does it, also where the parent left SIGPIPE ignored. */
_Noreturn void output_die_of_sigpipe(void);

/* Write `n` bytes, whatever their number. */
void output_write(struct output *out, const void *data, size_t n);

/* Space for up to `n` <= OUTPUT_ROOM bytes; report them by output_used(). */
static inline uint8_t *output_room(struct output *out, size_t n)
{
	if (out->len + n > OUTPUT_SIZE)
		(void)output_flush(out);
	return out->buf + out->len;
}

/* Everything before `end`, a pointer into the room given, is written. */
static inline void output_used(struct output *out, const uint8_t *end)
{
	out->len = (size_t)(end - out->buf);
}

#endif
