#include "dump/priv.h"

#include <stdlib.h>
#include <string.h>

/* What cmd/dist called an architecture by a letter, up to Go 1.6. */
static struct text architecture_of_letter(uint64_t letter)
{
	static const char *const names[] = {
		['0'] = "mips64", ['5'] = "arm", ['6'] = "amd64",
		['7'] = "arm64",  ['8'] = "386", ['9'] = "ppc64",
	};
	const char *name = "";

	if (letter < sizeof(names) / sizeof(*names) && names[letter])
		name = names[letter];
	return (struct text){ name, strlen(name) };
}

/* Up to Go 1.12 GOEXPERIMENT; from 1.19 at the latest the version, with
 * " X:" and the experiments behind it where there are any. */
static void split_version(struct params *params, struct text text)
{
	const char *x = memmem(text.data, text.len, " X:", 3);
	size_t len = x ? (size_t)(x - text.data) : text.len;

	params->experiment = (struct text){ text.data, text.len };
	params->runtime = (struct text){ "", 0 };
	if ((text.len > 3 && memcmp(text.data, "go1", 3) == 0) ||
	    (text.len > 5 && memcmp(text.data, "devel", 5) == 0)) {
		params->runtime.data = text.data;
		params->runtime.len = len;
		params->experiment.data += x ? len + 3 : len;
		params->experiment.len -= x ? len + 3 : len;
	}
}

void dump_parse_params(struct dump *dump, struct cursor *c)
{
	struct params *params = &dump->params;
	struct text version;

	params->big_endian = cursor_bool(c);
	params->pointer_size = cursor_uint(c);
	if (params->pointer_size != 4 && params->pointer_size != 8)
		cursor_bad(c, "pointers of neither 4 nor 8 bytes");
	if (dump->format == 3)
		params->channel_header_size = cursor_uint(c);
	params->heap_start = cursor_uint(c);
	params->heap_end = cursor_uint(c);
	if (dump->format < 7) {
		params->architecture_code = cursor_uint(c);
		params->architecture =
			architecture_of_letter(params->architecture_code);
	} else {
		params->architecture = cursor_text(c);
	}
	version = cursor_text(c);
	params->cpus = cursor_uint(c);
	if (c->state != CURSOR_OK)
		return;
	dump->architecture = text_copy(params->architecture);
	dump->version = text_copy(version);
	params->architecture = dump->architecture;
	split_version(params, dump->version);
}

/* Go 1.3: kind and offset of each field, up to a 0. */
static struct numbers parse_type_fields(struct dump *dump, struct cursor *c,
					uint64_t size)
{
	struct cursor start = *c;
	size_t n = 0;
	uint64_t *fields, kind, offset, least = 0;

	for (; (kind = cursor_uint(c)) != 0; n += 2) {
		offset = cursor_uint(c);
		if (kind > FIELD_EFACE || offset >= size || offset < least)
			cursor_bad(c, "a type's field that is unknown, in no "
				      "order, or behind its end");
		least = offset + 1;
	}
	if (c->state != CURSOR_OK)
		return (struct numbers){ 0 };
	fields = record_numbers(&dump->arrays, n);
	for (size_t i = 0; i < n; i++)
		fields[i] = cursor_uint(&start);
	return (struct numbers){ fields, n };
}

/* No name is as long as those that Go 1.5 declares by mistake. */
static bool name_is_lost(const struct dump *dump, struct cursor c)
{
	return dump->format == 5 && cursor_uint(&c) > 256 * 1024;
}

/* Since Go 1.7 a pointer's name is its package and a dot: "os." is *os.File,
 * or another one (runtime/heapdump.go, dumptype). */
static struct text known_name(const struct dump *dump, struct text name)
{
	if (dump->format == 7 && name.len > 0 && name.data[name.len - 1] == '.')
		return (struct text){ 0 };
	return name;
}

static void parse_type(struct dump *dump, struct cursor *c, struct type *type)
{
	struct dump_type *known;

	type->address = cursor_uint(c);
	type->size = cursor_uint(c);
	dump->lost_name = name_is_lost(dump, *c);
	if (dump->lost_name) {
		(void)cursor_uint(c);
	} else {
		type->name = known_name(dump, cursor_text(c));
		type->indirect = cursor_bool(c);
	}
	if (dump->format == 3)
		type->fields = parse_type_fields(dump, c, type->size);
	if (c->state != CURSOR_OK)
		return;
	known = dump_type_add(dump, type->address);
	if (!known) {
		cursor_bad(c, too_many_types);
		return;
	}
	type->id = dump_type_number(dump, known);
	known->size = type->size;
	known->indirect = type->indirect;
	free((void *)known->fields.data);
	known->fields = numbers_copy(type->fields);
}

static void parse_itab(struct dump *dump, struct cursor *c, struct itab *itab)
{
	struct dump_type *known;

	itab->address = cursor_uint(c);
	if (dump->format > 3) {
		itab->type = dump_type_id(dump, cursor_uint(c));
		return;
	}
	itab->indirect = cursor_bool(c);
	if (c->state != CURSOR_OK || !itab->address)
		return;
	known = dump_type_add(dump, itab->address);
	if (known)
		known->indirect = itab->indirect;
	else
		cursor_bad(c, too_many_types);
}

static void parse_stackframe(struct dump *dump, struct cursor *c,
			     struct record *record)
{
	struct stackframe *frame = &record->stackframe;
	struct memory *memory = &frame->memory;
	uint64_t size;

	frame->goroutine = dump->goroutine;
	frame->sp = cursor_uint(c);
	frame->depth = cursor_uint(c);
	frame->child_sp = cursor_uint(c);
	size = cursor_uint(c);
	memory->contents = memory_contents(dump, c, record, size);
	if (record->chunks)
		return;
	memory_frame_rest(c, frame);
	memory->pointers = memory_pointers(
		dump, c, walk_list(size, memory->contents.data));
}

static void parse_segment(struct dump *dump, struct cursor *c,
			  struct record *record)
{
	struct memory *memory = &record->segment.memory;
	uint64_t size;

	record->segment.address = cursor_uint(c);
	size = cursor_uint(c);
	memory->contents = memory_contents(dump, c, record, size);
	if (!record->chunks)
		memory->pointers = memory_pointers(
			dump, c, walk_list(size, memory->contents.data));
}

static struct calls parse_calls(struct dump *dump, struct cursor *c)
{
	uint64_t n = cursor_uint(c);
	struct call *calls;

	if (n > INPUT_MAX / 3)
		cursor_bad(c, "a stack too deep to be one");
	else if (n > (size_t)(c->end - c->p) / 3 && c->state == CURSOR_OK)
		c->state = CURSOR_SHORT;
	if (c->state != CURSOR_OK)
		return (struct calls){ 0 };
	calls = record_calls(&dump->arrays, n);
	for (uint64_t i = 0; i < n; i++) {
		calls[i].function = cursor_text(c);
		calls[i].file = cursor_text(c);
		calls[i].line = cursor_uint(c);
	}
	return (struct calls){ calls, n };
}

static struct numbers parse_pauses(struct dump *dump, struct cursor *c)
{
	enum { PAUSES = 256 }; /* len(MemStats.PauseNs) */
	uint64_t *pauses = record_numbers(&dump->arrays, PAUSES);

	for (int i = 0; i < PAUSES; i++)
		pauses[i] = cursor_uint(c);
	return (struct numbers){ pauses, PAUSES };
}

/* Kinds whose members are in the dump as in our schema, one by one. */
static void parse_members(struct dump *dump, struct cursor *c,
			  struct record *record)
{
	const struct schema *schema = &record_schema[record->kind];

	for (size_t i = 0; i < schema->len; i++) {
		void *value = (char *)record + schema->members[i].offset;

		switch (schema->members[i].type) {
		case MEMBER_BOOL:
			*(bool *)value = cursor_bool(c);
			break;
		case MEMBER_TEXT:
			*(struct text *)value = cursor_text(c);
			break;
		case MEMBER_NUMBERS:
			*(struct numbers *)value = parse_pauses(dump, c);
			break;
		case MEMBER_CALLS:
			*(struct calls *)value = parse_calls(dump, c);
			break;
		default:
			*(uint64_t *)value = cursor_uint(c);
		}
	}
}

void dump_parse_record(struct dump *dump, struct cursor *c,
		       struct record *record)
{
	switch (record->kind) {
	case RECORD_OBJECT:
		object_parse(dump, c, record);
		break;
	case RECORD_TYPE:
		parse_type(dump, c, &record->type);
		break;
	case RECORD_STACKFRAME:
		parse_stackframe(dump, c, record);
		break;
	case RECORD_ITAB:
		parse_itab(dump, c, &record->itab);
		break;
	case RECORD_DATA:
	case RECORD_BSS:
		parse_segment(dump, c, record);
		break;
	case RECORD_GOROUTINE:
		parse_members(dump, c, record);
		dump->goroutine = record->goroutine.address;
		break;
	default:
		parse_members(dump, c, record);
	}
}
