/*
 * Any bytes as text of a dump: whatever a view prints of them moves no
 * cursor, and is UTF-8.
 */
#include <stdio.h>
#include <unistr.h>

#include "../unit/buffer.h"
#include "view/json.h"
#include "view/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printable(const uint8_t *p, size_t n, bool lines)
{
	struct character character;

	if (u8_check(p, n))
		abort();
	for (size_t i = 0; i < n; i += character.len) {
		character = character_at(p + i, n - i);
		if (!character.printable && !(lines && p[i] == '\n'))
			abort();
	}
}

static void check_json(struct output *out, struct text text)
{
	struct json json = json_begin(out);

	json_text(&json, "text", text);
	json_string_begin(&json, "hex");
	json_string_hex(&json,
			(struct bytes){ (const uint8_t *)text.data, text.len });
	json_string_end(&json);
	json_end(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = { (const char *)data, size };
	int fd = file_of("", 0);
	struct output out;
	struct buffer written;
	char string[100], copy[64];

	output_open(&out, fd);
	text_escaped(&out, text);
	text_escaped_lines(&out, text);
	check_json(&out, text);
	if (output_flush(&out) < 0)
		abort();
	output_close(&out);
	written = read_file(fd);
	check_printable(written.data, written.len, true);
	buffer_free(&written);

	snprintf(copy, sizeof(copy), "%.*s", (int)size, text.data);
	text_escape_into(string, 10 + size % 90, copy);
	check_printable((const uint8_t *)string, strlen(string), false);
	return 0;
}
