/*
 * gohat-json: any record stream as JSON Lines, one record a line, for jq.
 *
 *	gohat-decode heap.dump | gohat-json | jq -c 'select(.record == "itab")'
 */
#include "view/json.h"
#include "view/view.h"

static void put_numbers(struct json *json, const char *name,
			struct numbers numbers)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < numbers.len; i++)
		json_uint(json, NULL, numbers.data[i]);
	json_shut(json, ']');
}

static void put_calls(struct json *json, const char *name, struct calls calls)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < calls.len; i++) {
		json_open(json, NULL, '{');
		json_text(json, "function", calls.data[i].function);
		json_text(json, "file", calls.data[i].file);
		json_uint(json, "line", calls.data[i].line);
		json_shut(json, '}');
	}
	json_shut(json, ']');
}

/* The contents in hex, of one piece or of many. */
static void put_contents(struct json *json, struct record *record)
{
	struct bytes bytes = record_memory(record)->contents;

	json_string_begin(json, "contents");
	json_string_hex(json, bytes);
	while (record->chunks && record_chunk(record, &bytes) > 0)
		json_string_hex(json, bytes);
	json_string_end(json);
}

/* The offsets of a bitmap's pointers, of which the first is at `base`. */
static void put_offsets(struct json *json, struct bytes bitmap, uint64_t base,
			uint64_t pointer_size)
{
	for (size_t i = 0; i < bitmap.len; i++)
		for (unsigned bits = bitmap.data[i]; bits; bits &= bits - 1)
			json_uint(json, NULL,
				  base + (8 * i + (size_t)__builtin_ctz(bits)) *
						  pointer_size);
}

static void put_pointers(struct json *json, struct record *record,
			 uint64_t pointer_size)
{
	struct bytes bytes = record_memory(record)->pointers;
	uint64_t base = 0;

	json_open(json, "pointers", '[');
	put_offsets(json, bytes, base, pointer_size);
	while (record->chunks && record_chunk(record, &bytes) > 0) {
		put_offsets(json, bytes, base, pointer_size);
		base += 8 * bytes.len * pointer_size;
	}
	json_shut(json, ']');
}

static void put_uint(struct json *json, const struct member *member,
		     uint64_t value)
{
	if (value < member->names_len)
		json_string(json, member->name, member->names[value]);
	else
		json_uint(json, member->name, value);
}

static void put_member(struct json *json, struct record *record,
		       const struct member *member, uint64_t pointer_size)
{
	void *value = (char *)record + member->offset;

	switch (member->type) {
	case MEMBER_UINT:
		put_uint(json, member, *(uint64_t *)value);
		break;
	case MEMBER_ADDRESS:
		json_address(json, member->name, *(uint64_t *)value);
		break;
	case MEMBER_BOOL:
		json_bool(json, member->name, *(bool *)value);
		break;
	case MEMBER_TEXT:
		json_text(json, member->name, *(struct text *)value);
		break;
	case MEMBER_NUMBERS:
		put_numbers(json, member->name, *(struct numbers *)value);
		break;
	case MEMBER_CALLS:
		put_calls(json, member->name, *(struct calls *)value);
		break;
	case MEMBER_CONTENTS:
		put_contents(json, record);
		break;
	case MEMBER_POINTERS:
		put_pointers(json, record, pointer_size);
		break;
	}
}

static void put_record(struct view *view, struct record *record)
{
	struct json json = json_begin(&view->out);
	const struct schema *schema;

	if (record->kind >= RECORD_KINDS) {
		json_uint(&json, "record", record->kind);
	} else {
		schema = &record_schema[record->kind];
		json_string(&json, "record", schema->name);
		for (size_t i = 0; i < schema->len; i++)
			put_member(&json, record, &schema->members[i],
				   view->in.params.pointer_size);
	}
	json_end(&json);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_ALL,
		.any_contents = true,
		.summary = "Print a record stream as JSON Lines",
		.operands = "[FILE]",
	};
	struct view view;
	struct record record;

	cli_parse(&cli, argc, argv);
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record))
		put_record(&view, &record);
	return view_close(&view);
}
