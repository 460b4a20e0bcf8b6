/*
 * lib/io/input.h: read a file descriptor through one buffer.
 *
 * Readers of dumps and of streams parse a record in place, from `pos`; where
 * it is not yet there whole they ask for more and start that record again.
 * Memory follows the bytes that arrived, never a length that they claim.
 */
#ifndef GOHAT_INPUT_H
#define GOHAT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INPUT_SIZE = 256 * 1024, /* first size of the buffer */
	INPUT_MAX = 1024 * 1024, /* most that it grows to */
	INPUT_PAD = 1024,	 /* zero bytes that always follow `end` */
};

struct input {
	int fd;
	int error;	    /* errno of a failed read, else 0 */
	bool eof;	    /* the last byte of the file is in the buffer */
	uint8_t *buf;	    /* owned */
	size_t size;	    /* of buf, without its pad */
	const uint8_t *pos; /* next byte to parse */
	const uint8_t *end; /* one past the last byte read */
	uint64_t offset;    /* in the file, of buf[0] */
	void (*on_read)(uint64_t offset); /* told of each read; may be NULL */
};

/* Start reading `fd`, which stays the caller's. Dies without memory. */
void input_open(struct input *in, int fd);
void input_close(struct input *in);

/*
 * Read at least one byte more, keeping [pos, end) and moving it: pointers
 * into the buffer are invalid afterwards.
 * Returns 1; 0 at the end of the file; -1 if reading failed (`error`), or
 * if INPUT_MAX bytes are waiting to be parsed already (`error` is 0).
 */
int input_more(struct input *in);

/* The offset in the file of the byte at `p`, which is in the buffer. */
static inline uint64_t input_offset(const struct input *in, const uint8_t *p)
{
	return in->offset + (uint64_t)(p - in->buf);
}

#endif
