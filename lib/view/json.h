/*
 * lib/view/json.h: JSON Lines (RFC 8259), written as it comes.
 *
 * A 2 GiB string and a counter of 64 bits both have to pass, in constant
 * memory: the tree libraries can do neither. Text that is not UTF-8 gets
 * U+FFFD; what would move a cursor is escaped. In an array give NULL names.
 */
#ifndef GOHAT_JSON_H
#define GOHAT_JSON_H

#include "io/output.h"
#include "record/record.h"

struct json {
	struct output *out;
	bool first; /* the next value is its list's first */
};

/* One row: what is between these is an object in a line. */
struct json json_begin(struct output *out);
void json_end(struct json *json);

void json_uint(struct json *json, const char *name, uint64_t value);
/* A string "0xc000012340". */
void json_address(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
/* null where the text is not known. */
void json_text(struct json *json, const char *name, struct text text);
void json_string(struct json *json, const char *name, const char *string);

/* An array, or an object, in place of a value. */
void json_open(struct json *json, const char *name, char bracket);
void json_shut(struct json *json, char bracket);

/* A string in pieces: of text (whole characters), or of bytes in hex. */
void json_string_begin(struct json *json, const char *name);
void json_string_text(struct json *json, struct text piece);
void json_string_hex(struct json *json, struct bytes piece);
void json_string_end(struct json *json);

#endif
