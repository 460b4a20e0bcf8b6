#include "dump/priv.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>

const char too_many_types[] = "more types than any program has";

static int compare(const void *a, const void *b)
{
	const struct dump_type *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

struct dump_type *dump_type_find(struct dump *dump, uint64_t address)
{
	struct dump_type key = { .address = address };
	struct dump_type **node = tfind(&key, &dump->types, compare);

	return node ? *node : NULL;
}

struct dump_type *dump_type_add(struct dump *dump, uint64_t address)
{
	struct dump_type *type = dump_type_find(dump, address);

	if (type || dump->type_entries == TYPES_MAX)
		return type;
	dump->type_entries++;
	type = calloc(1, sizeof(*type));
	if (!type)
		err(1, "types");
	type->address = address;
	if (!tsearch(type, &dump->types, compare))
		err(1, "types");
	return type;
}

uint64_t dump_type_number(struct dump *dump, struct dump_type *type)
{
	if (type->id == 0)
		type->id = ++dump->type_count;
	return type->id;
}

uint64_t dump_type_id(struct dump *dump, uint64_t address)
{
	struct dump_type *type = address ? dump_type_find(dump, address) : NULL;
	uint64_t id = type ? type->id : 0;

	if (address && id == 0)
		dump->new_type = address;
	return id;
}

static void type_free(void *node)
{
	struct dump_type *type = node;

	free((void *)type->fields.data);
	free(type);
}

void dump_types_free(struct dump *dump)
{
	tdestroy(dump->types, type_free);
	dump->types = NULL;
}
