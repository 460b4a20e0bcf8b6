#include "view/types.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct type *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void disown(struct type *type)
{
	free((void *)type->name.data);
	free((void *)type->fields.data);
}

/* The entry of an id, empty: a new one, or one that was defined before. */
static struct type *entry(struct types *types, uint64_t id)
{
	struct type key = { .id = id }, *type;
	struct type **node = tfind(&key, &types->tree, compare);

	if (node) {
		disown(*node);
		return *node;
	}
	type = calloc(1, sizeof(*type));
	if (!type)
		err(1, "types");
	type->id = id;
	if (!tsearch(type, &types->tree, compare))
		err(1, "types");
	return type;
}

void types_note(struct types *types, const struct record *record)
{
	struct type *type;

	if (record->kind != RECORD_TYPE)
		return;
	type = entry(types, record->type.id);
	*type = record->type;
	type->name = (struct text){ 0 };
	if (record->type.name.len > 0)
		type->name = text_copy(record->type.name);
	type->fields = numbers_copy(record->type.fields);
}

const struct type *types_get(const struct types *types, uint64_t id)
{
	struct type key = { .id = id };
	struct type **node = tfind(&key, &types->tree, compare);

	return node ? *node : NULL;
}

struct text types_name(const struct types *types, uint64_t id)
{
	const struct type *type = id ? types_get(types, id) : NULL;

	return type ? type->name : (struct text){ 0 };
}

static void free_type(void *node)
{
	disown(node);
	free(node);
}

void types_close(struct types *types)
{
	tdestroy(types->tree, free_type);
	types->tree = NULL;
}
