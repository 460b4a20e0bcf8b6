/*
 * lib/view/character.h: one character of UTF-8, and whether to show it.
 */
#ifndef GOHAT_CHARACTER_H
#define GOHAT_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHARACTER_MAX = 4 }; /* bytes of one */

struct character {
	uint32_t code;
	uint8_t len;	 /* bytes it takes; 1 where it is no UTF-8 */
	bool valid;	 /* UTF-8 */
	bool incomplete; /* not valid, but more bytes could make it so */
	/*
	 * Shows as itself: not a control, format (these turn text around),
	 * private or unassigned character, nor a line or paragraph separator.
	 */
	bool printable;
};

/* How many bytes from `p` on, of `n`, are printable ASCII. */
static inline size_t character_ascii(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= ' ' && p[i] < 127)
		i++;
	return i;
}

/* The character at `p`, of `n` > 0 bytes there are. */
struct character character_at(const uint8_t *p, size_t n);

#endif
