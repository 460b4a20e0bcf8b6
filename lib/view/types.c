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

static void *own(const void *data, size_t n)
{
	void *copy = malloc(n + 1);

	if (!copy)
		err(1, "types");
	if (n > 0)
		memcpy(copy, data, n);
	return copy;
}

static void disown(struct type *type)
{
	free((void *)type->name.data);
	free((void *)type->fields.data);
}

void types_note(struct types *types, const struct record *record)
{
	struct type *type, **node;

	if (record->kind != RECORD_TYPE)
		return;
	type = own(&record->type, sizeof(*type));
	node = tsearch(type, &types->tree, compare);
	if (!node)
		err(1, "types");
	if (*node != type) {
		disown(*node);
		**node = *type;
		free(type);
		type = *node;
	}
	if (type->name.data)
		type->name.data = own(type->name.data, type->name.len);
	type->fields.data = own(type->fields.data,
				type->fields.len * sizeof(*type->fields.data));
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
