/*
 * gohat-types: every type that the dump describes, a line each.
 *
 *	gohat-decode --contents=none heap.dump | gohat-types
 */
#include "view/fields.h"
#include "view/json.h"
#include "view/text.h"
#include "view/view.h"

/* The fields of Go 1.3 say which words are pointers, and of what kind. */
static void print_type(struct output *out, const struct type *type)
{
	text_printf(out, "%016llx %10llu %10zu ",
		    (unsigned long long)type->address,
		    (unsigned long long)type->size, type->fields.len / 2);
	text_type(out, type->name);
	text_char(out, '\n');
}

static const char *kind_name(uint64_t kind)
{
	return kind >= FIELD_PTR && kind <= FIELD_EFACE ? field_kind_name[kind]
							: "unknown";
}

static void print_json(struct output *out, const struct type *type)
{
	const struct numbers *fields = &type->fields;
	struct json json = json_begin(out);

	json_address(&json, "address", type->address);
	json_uint(&json, "size", type->size);
	json_text(&json, "type", type->name);
	json_open(&json, "fields", '[');
	for (size_t i = 0; i + 1 < fields->len; i += 2) {
		json_open(&json, NULL, '{');
		json_string(&json, "kind", kind_name(fields->data[i]));
		json_uint(&json, "offset", fields->data[i + 1]);
		json_shut(&json, '}');
	}
	json_shut(&json, ']');
	json_end(&json);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_NONE,
		.summary = "List the types that a Go heap dump describes",
		.operands = "[FILE]",
		.heading = "         ADDRESS       SIZE     FIELDS TYPE\n",
	};
	struct view view;
	struct record record;

	cli_parse(&cli, argc, argv);
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record)) {
		if (record.kind != RECORD_TYPE)
			continue;
		if (cli.json)
			print_json(&view.out, &record.type);
		else
			print_type(&view.out, &record.type);
	}
	return view_close(&view);
}
