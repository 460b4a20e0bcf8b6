#include "view/text.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_string(struct output *out, const char *string)
{
	output_write(out, string, strlen(string));
}

void text_char(struct output *out, char c)
{
	*output_room(out, 1) = (uint8_t)c;
	out->len++;
}

void text_uint(struct output *out, uint64_t value)
{
	uint8_t digits[20], *p = digits + sizeof(digits);

	do
		*--p = (uint8_t)('0' + value % 10);
	while ((value /= 10) != 0);
	output_write(out, p, (size_t)(digits + sizeof(digits) - p));
}

/* Eight digits at once: a nibble to each byte, then '0' + nibble, and the
 * distance from '9' to 'a' where that is over 9. */
static uint64_t hex8(uint64_t x)
{
	uint64_t over9;

	x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
	x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
	x = (x | x << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	over9 = (x + UINT64_C(0x0606060606060606)) >> 4 &
		UINT64_C(0x0101010101010101);
	return x + UINT64_C(0x3030303030303030) + over9 * ('a' - '9' - 1);
}

void text_address(struct output *out, uint64_t value)
{
	uint64_t high = htobe64(hex8(value >> 32));
	uint64_t low = htobe64(hex8(value & UINT32_MAX));
	uint8_t *p = output_room(out, 16);

	memcpy(p, &high, 8);
	memcpy(p + 8, &low, 8);
	output_used(out, p + 16);
}

void text_hex(struct output *out, uint64_t value)
{
	text_printf(out, "%llx", (unsigned long long)value);
}

void text_hex_bytes(struct output *out, struct bytes bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t *p = output_room(out, 2);
		p[0] = (uint8_t)digits[bytes.data[i] >> 4];
		p[1] = (uint8_t)digits[bytes.data[i] & 15];
		out->len += 2;
	}
}

void text_byte_list(struct output *out, struct bytes bytes)
{
	text_char(out, '[');
	for (size_t i = 0; i < bytes.len; i++) {
		if (i > 0)
			text_char(out, ' ');
		text_uint(out, bytes.data[i]);
	}
	text_char(out, ']');
}

void text_printf(struct output *out, const char *format, ...)
{
	va_list arguments;
	char line[512];
	int n;

	va_start(arguments, format);
	n = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (n > 0)
		output_write(out, line,
			     (size_t)n < sizeof(line) ? (size_t)n
						      : sizeof(line) - 1);
}

enum { ESCAPE_MAX = 12 }; /* "\U0010ffff" and a NUL */

/* How Go's strconv.Quote writes what does not print, but \" and \\. */
static int escape(char *to, struct character character)
{
	static const char letters[] = "\aa\bb\ff\nn\rr\tt\vv";
	const char *letter = NULL;

	if (character.valid && character.code < ' ' && character.code > 0)
		letter = strchr(letters, (int)character.code);
	if (letter)
		return sprintf(to, "\\%c", letter[1]);
	if (!character.valid || character.code < 0x80)
		return sprintf(to, "\\x%02x", (unsigned)character.code);
	return sprintf(to, character.code > 0xffff ? "\\U%08x" : "\\u%04x",
		       (unsigned)character.code);
}

void text_character(struct output *out, const uint8_t *p,
		    struct character character)
{
	char *room;

	if (character.printable) {
		output_write(out, p, character.len);
	} else {
		room = (char *)output_room(out, ESCAPE_MAX);
		out->len += (size_t)escape(room, character);
	}
}

static void escaped(struct output *out, struct text text, bool lines)
{
	const uint8_t *p = (const uint8_t *)text.data, *end = p + text.len;
	struct character character;

	for (; p < end; p += character.len) {
		size_t plain = character_ascii(p, (size_t)(end - p));

		output_write(out, p, plain);
		p += plain;
		if (p == end)
			break;
		character = character_at(p, (size_t)(end - p));
		if (lines && *p == '\n')
			text_char(out, '\n');
		else
			text_character(out, p, character);
	}
}

void text_escaped(struct output *out, struct text text)
{
	escaped(out, text, false);
}

void text_type(struct output *out, struct text name)
{
	if (name.data)
		text_escaped(out, name);
	else
		text_string(out, "<unknown>");
}

void text_escaped_lines(struct output *out, struct text text)
{
	escaped(out, text, true);
}

const char *text_escape_into(char *string, size_t size, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t left = strlen(text), n = 0;
	struct character character;

	for (; left > 0 && n + ESCAPE_MAX < size;
	     p += character.len, left -= character.len) {
		character = character_at(p, left);
		if (character.printable)
			memcpy(string + n, p, character.len);
		n += character.printable
			     ? character.len
			     : (size_t)escape(string + n, character);
	}
	string[n] = '\0';
	return string;
}
