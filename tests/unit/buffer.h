/*
 * tests/unit/buffer.h: bytes that grow, and files that are only in memory.
 */
#ifndef GOHAT_TEST_BUFFER_H
#define GOHAT_TEST_BUFFER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct buffer {
	uint8_t *data;
	size_t len, size;
};

/* Room for `n` bytes more, which are counted already. */
static inline uint8_t *buffer_add(struct buffer *b, size_t n)
{
	if (!b->data || b->len + n > b->size) {
		b->size = 2 * (b->len + n) + 256;
		b->data = realloc(b->data, b->size);
		if (!b->data)
			abort();
	}
	b->len += n;
	return b->data + b->len - n;
}

static inline void put(struct buffer *b, const void *data, size_t n)
{
	uint8_t *to = buffer_add(b, n);

	if (n > 0)
		memcpy(to, data, n);
}

static inline void put_byte(struct buffer *b, unsigned byte)
{
	*buffer_add(b, 1) = (uint8_t)byte;
}

static inline void put_fill(struct buffer *b, int byte, size_t n)
{
	memset(buffer_add(b, n), byte, n);
}

static inline void put_string(struct buffer *b, const char *string)
{
	put(b, string, strlen(string));
}

static inline void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}

static inline bool buffer_equal(const struct buffer *a, const struct buffer *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* A file of these bytes, to be read from its begin. */
static inline int file_of(const void *data, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	if (fd < 0 || (n > 0 && pwrite(fd, data, n, 0) != (ssize_t)n))
		abort();
	return fd;
}

/* All of a file, which is closed. */
static inline struct buffer read_file(int fd)
{
	struct buffer b = { 0 };
	struct stat file;

	if (fd < 0 || fstat(fd, &file) < 0)
		abort();
	(void)buffer_add(&b, (size_t)file.st_size);
	if (pread(fd, b.data, b.len, 0) != (ssize_t)b.len)
		abort();
	close(fd);
	return b;
}

#endif
