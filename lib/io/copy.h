/*
 * lib/io/copy.h: memcpy() for hot loops over short pieces.
 */
#ifndef GOHAT_COPY_H
#define GOHAT_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Copy `n` bytes, inlined for the short and even lengths that objects and
 * lines have; compilers make a call, or a string instruction, of a memcpy()
 * whose length varies. Touches no other bytes. Returns the end of the copy.
 */
static inline uint8_t *copy_short(uint8_t *to, const uint8_t *from, size_t n)
{
	if (n >= 16) {
		for (size_t i = 0; i + 16 <= n; i += 16)
			memcpy(to + i, from + i, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	} else if (n == 8) {
		memcpy(to, from, 8);
	} else if (n > 0) {
		memcpy(to, from, n);
	}
	return to + n;
}

#endif
