/*
 * lib/view/text.h: text for people, and for awk.
 *
 * No stdio: these are called for each of millions of objects. Whatever came
 * out of a dump goes through text_escaped(), so that it moves no cursor.
 */
#ifndef GOHAT_TEXT_H
#define GOHAT_TEXT_H

#include "io/output.h"
#include "record/record.h"
#include "view/character.h"

void text_string(struct output *out, const char *string);
void text_char(struct output *out, char c);
/* In decimal. */
void text_uint(struct output *out, uint64_t value);
/* 16 hexadecimal digits, as the reference tool writes addresses. */
void text_address(struct output *out, uint64_t value);
/* As few hexadecimal digits as it takes. */
void text_hex(struct output *out, uint64_t value);
/* Two hexadecimal digits a byte. */
void text_hex_bytes(struct output *out, struct bytes bytes);
/* "[1 2 255]", as Go prints bytes. */
void text_byte_list(struct output *out, struct bytes bytes);
/* A type's name, or <unknown> where that is not known. */
void text_type(struct output *out, struct text name);
/* A short line, by printf's rules. */
void text_printf(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One character at `p`: itself, or as Go's %q shows it (\n, \x1b, \u202e). */
void text_character(struct output *out, const uint8_t *p,
		    struct character character);
/* All of them. */
void text_escaped(struct output *out, struct text text);
/* The same with line feeds as they are. */
void text_escaped_lines(struct output *out, struct text text);
/* The same into a string of `size` > 0 bytes, cut where it is full. */
const char *text_escape_into(char *string, size_t size, const char *text);

#endif
