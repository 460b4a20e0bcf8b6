/*
 * gohat-object: the object that contains an address.
 *
 *	gohat-decode heap.dump | gohat-object 0xc208499df0
 */
#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/fields.h"
#include "view/json.h"
#include "view/text.h"
#include "view/types.h"
#include "view/view.h"

/* What it prints is held whole: its fields come after its contents. */
static struct held {
	struct object object;
	const struct params *params;
	const struct type *type; /* NULL: not known */
} held;

/* A buffer that grows with what has arrived. */
struct buffer {
	uint8_t *data;
	size_t len, size;
};

static void append(struct buffer *buffer, struct bytes chunk)
{
	if (chunk.len == 0)
		return;
	if (!buffer->data || chunk.len > buffer->size - buffer->len) {
		buffer->size = 2 * buffer->len + chunk.len;
		buffer->data = realloc(buffer->data, buffer->size);
		if (!buffer->data)
			err(EXIT_BAD_INPUT, "an object of %zu bytes",
			    buffer->size);
	}
	memcpy(buffer->data + buffer->len, chunk.data, chunk.len);
	buffer->len += chunk.len;
}

static struct bytes hold(struct record *record, struct bytes bytes)
{
	struct buffer all = { 0 };

	append(&all, bytes);
	while (record->chunks && record_chunk(record, &bytes) > 0)
		append(&all, bytes);
	return (struct bytes){ all.data, all.len };
}

static void hold_object(struct view *view, struct record *record,
			const struct types *types)
{
	struct object *object = &held.object;

	*object = record->object;
	object->memory.contents = hold(record, record->object.memory.contents);
	object->memory.pointers = hold(record, record->object.memory.pointers);
	held.params = &view->in.params;
	held.type = types_get(types, object->type);
}

static void print_field(void *to, const struct field *field)
{
	struct output *out = to;

	text_printf(out, "%s 0x%016" PRIx64 "  ", field_kind_name[field->kind],
		    field->offset);
	text_byte_list(out, field->value);
	if (field->kind == FIELD_PTR) {
		text_char(out, ' ');
		text_address(out, field->target);
	}
	text_char(out, '\n');
}

static void print_head(struct output *out)
{
	const struct object *object = &held.object;

	text_address(out, object->address);
	text_char(out, ' ');
	text_string(out, object_kind_name[object->kind]);
	text_printf(out, " %" PRIu64 " %zu\n", object->size,
		    object->memory.contents.len);
	if (held.type && held.type->name.data) {
		text_escaped(out, held.type->name);
		text_char(out, '\n');
	}
	text_char(out, '\n');
}

static void print_object(struct output *out)
{
	print_head(out);
	text_byte_list(out, held.object.memory.contents);
	text_string(out, "\n\nField List:\n");
	fields_each(held.params, held.type, &held.object, print_field, out);
}

static bool is_text(const uint8_t *p, size_t n)
{
	struct character character;

	for (; n > 0; p += character.len, n -= character.len) {
		character = character_at(p, n);
		if (!character.printable && !(*p < 128 && isspace(*p)))
			return false;
	}
	return true;
}

/* The slot is larger than the string. What follows it there is zero or, with
 * Go 1.3, what was there before, mostly behind some zeros. */
static struct text without_slack(const struct bytes *contents)
{
	size_t len = contents->len;
	const uint8_t *zero;

	while (len > 0 && contents->data[len - 1] == 0)
		len--;
	zero = len > 0 ? memchr(contents->data, 0, len) : NULL;
	if (zero) {
		size_t start = (size_t)(zero + 1 - contents->data);
		if (!is_text(zero + 1, len - start))
			len = start - 1;
	}
	return (struct text){ (const char *)contents->data, len };
}

static void print_string(struct output *out)
{
	print_head(out);
	text_escaped_lines(out, without_slack(&held.object.memory.contents));
	text_char(out, '\n');
}

static void json_field(void *to, const struct field *field)
{
	struct json *json = to;

	json_open(json, NULL, '{');
	json_string(json, "kind", field_kind_name[field->kind]);
	json_uint(json, "offset", field->offset);
	json_string_begin(json, "value");
	json_string_hex(json, field->value);
	json_string_end(json);
	if (field->kind == FIELD_PTR)
		json_address(json, "target", field->target);
	json_shut(json, '}');
}

static void print_json(struct output *out)
{
	const struct object *object = &held.object;
	struct json json = json_begin(out);

	json_address(&json, "address", object->address);
	json_text(&json, "type",
		  held.type ? held.type->name : (struct text){ 0 });
	json_string(&json, "kind", object_kind_name[object->kind]);
	json_uint(&json, "size", object->size);
	json_string_begin(&json, "contents");
	json_string_hex(&json, object->memory.contents);
	json_string_end(&json);
	json_open(&json, "fields", '[');
	fields_each(held.params, held.type, &held.object, json_field, &json);
	json_shut(&json, ']');
	json_end(&json);
}

static void print_binary(struct output *out)
{
	output_write(out, held.object.memory.contents.data,
		     held.object.memory.contents.len);
}

static bool contains(const struct record *record, uint64_t address)
{
	return record->kind == RECORD_OBJECT &&
	       address - record->object.address <
		       object_extent(&record->object);
}

/* Of what it did not find whole it says so; what is wrong with the stream is
 * told at its end. */
static bool find(struct view *view, uint64_t address)
{
	struct types types = { 0 };
	struct record record;
	size_t len;

	while (view_next(view, &record)) {
		types_note(&types, &record);
		if (!contains(&record, address))
			continue;
		hold_object(view, &record, &types);
		len = held.object.memory.contents.len;
		if (len == object_extent(&held.object)) {
			view_stop(view);
			return true;
		}
		view_warn(view,
			  "%s: incomplete: %zu of the object's %" PRIu64
			  " bytes are in the dump",
			  view->file, len, held.object.size);
		while (view_next(view, &record))
			;
		return true;
	}
	view_warn(view, "%s: no object contains the address %" PRIx64,
		  view->file, address);
	return false;
}

int main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'b', "binary", NULL, "write the object's bytes as they are" },
		{ 's', "string", NULL, "print the object's bytes as text" },
		{ 0 },
	};
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_ALL,
		.summary = "Show the object that contains an address",
		.operands = "ADDRESS [FILE]",
		.options = options,
	};
	void (*print)(struct output * out) = print_object;
	struct view view;
	uint64_t address;
	int c;

	while ((c = cli_next(&cli, argc, argv)) != -1)
		print = c == 'b' ? print_binary : print_string;
	if (optind == argc)
		cli_usage_error("no address given");
	address = cli_address(argv[optind++]);
	if (print == print_binary)
		cli_refuse_terminal("an object's bytes");
	if (cli.json && print != print_object)
		cli_usage_error("--json goes with neither --binary nor "
				"--string");
	if (cli.json)
		print = print_json;
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	if (find(&view, address))
		print(&view.out);
	return view_close(&view);
}
