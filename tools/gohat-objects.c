/*
 * gohat-objects: every object of the heap, a line each.
 *
 *	gohat-decode --contents=none heap.dump | gohat-objects | awk '$NF > 1e6'
 */
#include <string.h>

#include "io/copy.h"
#include "view/json.h"
#include "view/text.h"
#include "view/types.h"
#include "view/view.h"

/* What follows the address depends on little: it is made once and kept. */
struct suffix {
	uint64_t type, kind, size;
	uint8_t len; /* 0: none */
	uint8_t text[112];
};

static struct suffix suffixes[256];
static struct types types;

/* " TYPE KIND SIZE\n" */
static void print_suffix(struct output *out, const struct object *object)
{
	struct text name = types_name(&types, object->type);

	text_char(out, ' ');
	text_type(out, name);
	text_char(out, ' ');
	text_string(out, object_kind_name[object->kind]);
	text_char(out, ' ');
	text_uint(out, object->size);
	text_char(out, '\n');
}

static void keep_suffix(struct suffix *suffix, const struct object *object,
			const uint8_t *text, size_t len)
{
	suffix->len = 0;
	if (len > sizeof(suffix->text))
		return;
	suffix->type = object->type;
	suffix->kind = object->kind;
	suffix->size = object->size;
	suffix->len = (uint8_t)len;
	memcpy(suffix->text, text, len);
}

static void print_object(struct output *out, const struct object *object)
{
	size_t slot = object->size / 8 + object->type * 31 + object->kind * 101;
	struct suffix *suffix =
		&suffixes[slot % (sizeof(suffixes) / sizeof(*suffixes))];
	size_t start;

	/* Room for a line: the suffix is looked at where it was written. */
	(void)output_room(out, OUTPUT_ROOM);
	text_address(out, object->address);
	if (suffix->len > 0 && suffix->type == object->type &&
	    suffix->kind == object->kind && suffix->size == object->size) {
		output_used(out, copy_short(out->buf + out->len, suffix->text,
					    suffix->len));
		return;
	}
	start = out->len;
	print_suffix(out, object);
	/* A longer one may have been written out meanwhile. */
	if (types_name(&types, object->type).len < sizeof(suffix->text))
		keep_suffix(suffix, object, out->buf + start, out->len - start);
}

static void print_json(struct output *out, const struct object *object)
{
	struct json json = json_begin(out);

	json_address(&json, "address", object->address);
	json_text(&json, "type", types_name(&types, object->type));
	json_string(&json, "kind", object_kind_name[object->kind]);
	json_uint(&json, "size", object->size);
	json_end(&json);
}

/* Lines of this type may have been made before it had a name. */
static void note_type(const struct record *record)
{
	types_note(&types, record);
	memset(suffixes, 0, sizeof(suffixes));
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_NONE,
		.summary = "List every object of a Go heap dump",
		.operands = "[FILE]",
	};
	struct view view;
	struct record record;

	cli_parse(&cli, argc, argv);
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record)) {
		if (record.kind == RECORD_TYPE)
			note_type(&record);
		else if (record.kind == RECORD_OBJECT && cli.json)
			print_json(&view.out, &record.object);
		else if (record.kind == RECORD_OBJECT)
			print_object(&view.out, &record.object);
	}
	types_close(&types);
	return view_close(&view);
}
