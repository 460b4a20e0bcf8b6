#include "stream/priv.h"

/* The length of an array, of which each element is a byte at least. */
static size_t array_length(struct items *items)
{
	struct item array = item_expect(items, ITEM_ARRAY, "no array");

	if (array.value > INPUT_MAX)
		items_bad(items, "an array of more than 1 MiB");
	else if (array.value > (size_t)(items->end - items->p))
		items->state = ITEMS_SHORT;
	return items->state == ITEMS_OK ? array.value : 0;
}

static uint64_t get_uint(struct items *items)
{
	return item_expect(items, ITEM_UINT, "no unsigned integer").value;
}

/* Text that is not UTF-8 comes as bytes, text that is unknown as null. */
static struct text get_text(struct items *items)
{
	struct item item = item_next(items);

	if (item.type != ITEM_TEXT && item.type != ITEM_BYTES &&
	    item.type != ITEM_NULL)
		items_bad(items, "no text");
	return (struct text){ (const char *)item.bytes.data, item.bytes.len };
}

static struct numbers get_numbers(struct stream_in *in, struct items *items)
{
	size_t n = array_length(items);
	uint64_t *numbers = record_numbers(&in->arrays, n);

	for (size_t i = 0; i < n; i++)
		numbers[i] = get_uint(items);
	return (struct numbers){ numbers, n };
}

static struct calls get_calls(struct stream_in *in, struct items *items)
{
	size_t n = array_length(items);
	struct call *calls;

	if (n % 3 != 0)
		items_bad(items, "a stack that is not of function, file, line");
	calls = record_calls(&in->arrays, n / 3);
	for (size_t i = 0; i < n / 3; i++) {
		calls[i].function = get_text(items);
		calls[i].file = get_text(items);
		calls[i].line = get_uint(items);
	}
	return (struct calls){ calls, n / 3 };
}

/* Memory of indefinite length is left to record_chunk(): true. */
static bool get_memory(struct stream_in *in, struct items *items,
		       struct record *record, struct bytes *bytes)
{
	struct item item = item_next(items);

	if (item.type == ITEM_BYTES)
		*bytes = item.bytes;
	else if (item.type != ITEM_BYTES_START)
		items_bad(items, "no byte string");
	else if (bytes != &record_memory(record)->contents)
		items_bad(items, "pointers in chunks, contents not");
	else
		record->chunks = &in->source;
	return record->chunks != NULL;
}

bool stream_parse_members(struct stream_in *in, struct items *items,
			  struct record *record)
{
	const struct schema *schema = &record_schema[record->kind];

	for (; in->member < schema->len; in->member++) {
		const struct member *member = &schema->members[in->member];
		void *value = (char *)record + member->offset;

		if (in->left-- == 0)
			items_bad(items, "too few members");
		switch (member->type) {
		case MEMBER_UINT:
		case MEMBER_ADDRESS:
			*(uint64_t *)value = get_uint(items);
			break;
		case MEMBER_BOOL:
			*(bool *)value =
				item_expect(items, ITEM_BOOL, "no boolean")
					.value;
			break;
		case MEMBER_TEXT:
			*(struct text *)value = get_text(items);
			break;
		case MEMBER_NUMBERS:
			*(struct numbers *)value = get_numbers(in, items);
			break;
		case MEMBER_CALLS:
			*(struct calls *)value = get_calls(in, items);
			break;
		case MEMBER_POINTERS:
			/* Those of chunks are for record_chunk() to read. */
			if (record->chunks)
				return true;
			/* fall through */
		case MEMBER_CONTENTS:
			if (get_memory(in, items, record, value))
				return true;
			break;
		}
	}
	return false;
}

static void check_type(struct items *items, const struct record *record)
{
	uint64_t id = 1;

	if (record->kind == RECORD_TYPE)
		id = record->type.id;
	else if (record->kind == RECORD_TYPEADDRESS)
		id = record->typeaddress.id;
	if (id == 0 || id > TYPES_MAX)
		items_bad(items, "a type's id that is not from 1 to 65536");
}

static void check_memory(struct stream_in *in, struct items *items,
			 struct record *record)
{
	struct memory *memory = record_memory(record);
	uint64_t size;

	if (!memory)
		return;
	size = memory->contents.len;
	if (record->kind == RECORD_OBJECT) {
		memory->packed = in->params.contents == CONTENTS_POINTERS &&
				 !record->chunks;
		if (record->object.kind >= OBJECT_KINDS)
			items_bad(items, "an object of unknown kind");
		if (size > record->object.size)
			items_bad(items, "contents larger than their object");
		size = record->object.size;
	}
	if (memory->pointers.len != 0 && !record->chunks &&
	    memory->pointers.len != bitmap_size(size, in->params.pointer_size))
		items_bad(items, "a bitmap that does not fit its contents");
}

void stream_parse_record(struct stream_in *in, struct items *items,
			 struct record *record)
{
	struct item array =
		item_expect(items, ITEM_ARRAY, "a record that is no array");
	uint64_t kind = get_uint(items);

	*record = (struct record){ .kind = (enum record_kind)kind };
	if (array.value == 0 || kind >= RECORD_KIND_LIMIT ||
	    (kind == RECORD_PARAMS) != (in->state == STREAM_BEGIN))
		items_bad(items, "a record of a kind that cannot be here");
	if (items->state != ITEMS_OK)
		return;
	in->left = array.value - 1;
	in->member = 0;
	in->record = NULL;
	if (kind < RECORD_KINDS && stream_parse_members(in, items, record))
		in->record = record;
	check_memory(in, items, record);
	check_type(items, record);
	while (!in->record && in->left > 0 && items->state == ITEMS_OK) {
		item_skip(items);
		in->left--;
	}
}
