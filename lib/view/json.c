#include "view/json.h"

#include <string.h>

#include "view/text.h"

struct json json_begin(struct output *out)
{
	text_char(out, '{');
	return (struct json){ .out = out, .first = true };
}

void json_end(struct json *json)
{
	text_string(json->out, "}\n");
}

static void put_name(struct json *json, const char *name)
{
	if (!json->first)
		text_char(json->out, ',');
	json->first = false;
	if (name) {
		text_char(json->out, '"');
		text_string(json->out, name);
		text_string(json->out, "\":");
	}
}

void json_uint(struct json *json, const char *name, uint64_t value)
{
	put_name(json, name);
	text_uint(json->out, value);
}

void json_address(struct json *json, const char *name, uint64_t value)
{
	put_name(json, name);
	text_string(json->out, "\"0x");
	text_hex(json->out, value);
	text_char(json->out, '"');
}

void json_bool(struct json *json, const char *name, bool value)
{
	put_name(json, name);
	text_string(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
	put_name(json, name);
	text_string(json->out, "null");
}

void json_text(struct json *json, const char *name, struct text text)
{
	if (!text.data) {
		json_null(json, name);
		return;
	}
	json_string_begin(json, name);
	json_string_text(json, text);
	json_string_end(json);
}

void json_string(struct json *json, const char *name, const char *string)
{
	json_text(json, name, (struct text){ string, strlen(string) });
}

void json_open(struct json *json, const char *name, char bracket)
{
	put_name(json, name);
	text_char(json->out, bracket);
	json->first = true;
}

void json_shut(struct json *json, char bracket)
{
	text_char(json->out, bracket);
	json->first = false;
}

void json_string_begin(struct json *json, const char *name)
{
	put_name(json, name);
	text_char(json->out, '"');
}

static void put_character(struct output *out, const uint8_t *p,
			  struct character character)
{
	unsigned code = (unsigned)character.code;

	if (!character.valid)
		text_string(out, "\\ufffd");
	else if (*p == '"' || *p == '\\')
		text_printf(out, "\\%c", *p);
	else if (character.printable)
		output_write(out, p, character.len);
	else if (code == '\n')
		text_string(out, "\\n");
	else if (code > 0xffff)
		text_printf(out, "\\u%04x\\u%04x",
			    0xd800 + ((code - 0x10000) >> 10),
			    0xdc00 + ((code - 0x10000) & 0x3ff));
	else
		text_printf(out, "\\u%04x", code);
}

/* As character_ascii(), up to what JSON escapes. */
static size_t plain_ascii(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= ' ' && p[i] < 127 && p[i] != '"' &&
	       p[i] != '\\')
		i++;
	return i;
}

void json_string_text(struct json *json, struct text piece)
{
	const uint8_t *p = (const uint8_t *)piece.data, *end = p + piece.len;
	struct character character;

	for (; p < end; p += character.len) {
		size_t plain = plain_ascii(p, (size_t)(end - p));

		output_write(json->out, p, plain);
		p += plain;
		if (p == end)
			break;
		character = character_at(p, (size_t)(end - p));
		put_character(json->out, p, character);
	}
}

void json_string_hex(struct json *json, struct bytes piece)
{
	text_hex_bytes(json->out, piece);
}

void json_string_end(struct json *json)
{
	text_char(json->out, '"');
}
