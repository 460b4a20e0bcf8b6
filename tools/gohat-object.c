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

static const char *const field_kinds[] = {
	[FIELD_PTR] = "Ptr",	 [FIELD_STRING] = "String",
	[FIELD_SLICE] = "Slice", [FIELD_IFACE] = "Iface",
	[FIELD_EFACE] = "Eface",
};

/* Words that a field of each kind takes. */
static const unsigned field_words[] = {
	[FIELD_PTR] = 1,   [FIELD_STRING] = 2, [FIELD_SLICE] = 3,
	[FIELD_IFACE] = 2, [FIELD_EFACE] = 2,
};

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

typedef void visit_field(void *to, unsigned kind, uint64_t offset);

/* The pointers that the bitmap shows. */
static void each_pointer(visit_field *visit, void *to)
{
	const struct bytes *bits = &held.object.memory.pointers;

	for (size_t i = 0; i < 8 * bits->len; i++)
		if (bits->data[i / 8] >> i % 8 & 1)
			visit(to, FIELD_PTR, i * held.params->pointer_size);
}

/* The fields of a value at `base`. They rise, and lie in it: what does not is
 * not a type's but an attack's. */
static void each_type_field(visit_field *visit, void *to, uint64_t base)
{
	const struct numbers *fields = &held.type->fields;
	uint64_t least = 0;

	for (size_t i = 0; i + 1 < fields->len; i += 2) {
		uint64_t offset = fields->data[i + 1];
		if (offset < least || offset >= held.type->size)
			break;
		visit(to, (unsigned)fields->data[i], base + offset);
		least = offset + 1;
	}
}

/* Of the type, where the dump describes that (Go 1.3), else of the bitmap. */
static void each_field(visit_field *visit, void *to)
{
	const struct object *object = &held.object;
	uint64_t left = object->memory.contents.len, base = 0;

	if (!held.type || held.type->fields.len == 0) {
		each_pointer(visit, to);
		return;
	}
	if (object->kind == OBJECT_CHANNEL)
		base = held.params->channel_header_size;
	for (left -= base < left ? base : left; left >= held.type->size;
	     left -= held.type->size) {
		each_type_field(visit, to, base);
		base += held.type->size;
		if (object->kind == OBJECT_REGULAR || held.type->size == 0)
			break;
	}
}

/* The bytes of a field; none where it is not in the contents. */
static struct bytes field_value(unsigned kind, uint64_t offset)
{
	const struct bytes *contents = &held.object.memory.contents;
	uint64_t size = held.params->pointer_size;

	if (kind >= sizeof(field_words) / sizeof(*field_words))
		return (struct bytes){ 0 };
	size *= field_words[kind];
	if (size == 0 || offset > contents->len ||
	    contents->len - offset < size)
		return (struct bytes){ 0 };
	return (struct bytes){ contents->data + offset, size };
}

static void print_field(void *to, unsigned kind, uint64_t offset)
{
	struct bytes value = field_value(kind, offset);
	struct output *out = to;

	if (value.len == 0)
		return;
	text_printf(out, "%s 0x%016" PRIx64 "  ", field_kinds[kind], offset);
	text_byte_list(out, value);
	if (kind == FIELD_PTR) {
		text_char(out, ' ');
		text_address(out, word_at(held.params, value.data));
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
	each_field(print_field, out);
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

static void json_field(void *to, unsigned kind, uint64_t offset)
{
	struct bytes value = field_value(kind, offset);
	struct json *json = to;

	if (value.len == 0)
		return;
	json_open(json, NULL, '{');
	json_string(json, "kind", field_kinds[kind]);
	json_uint(json, "offset", offset);
	json_string_begin(json, "value");
	json_string_hex(json, value);
	json_string_end(json);
	if (kind == FIELD_PTR)
		json_address(json, "target", word_at(held.params, value.data));
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
	each_field(json_field, &json);
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
	else if (cli.json)
		print = print_json;
	view_open(&view, &cli, cli_file(argc, argv));
	if (find(&view, address))
		print(&view.out);
	return view_close(&view);
}
