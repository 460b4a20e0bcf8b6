#include "view/fields.h"

const char *const field_kind_name[] = {
	[FIELD_PTR] = "Ptr",	 [FIELD_STRING] = "String",
	[FIELD_SLICE] = "Slice", [FIELD_IFACE] = "Iface",
	[FIELD_EFACE] = "Eface",
};

/* The words that each takes. */
static const unsigned field_words[] = {
	[FIELD_PTR] = 1,   [FIELD_STRING] = 2, [FIELD_SLICE] = 3,
	[FIELD_IFACE] = 2, [FIELD_EFACE] = 2,
};

struct visitor {
	const struct params *params;
	const struct type *type;
	const struct object *object;
	void (*visit)(void *to, const struct field *field);
	void *to;
};

static void visit_field(const struct visitor *v, uint64_t kind, uint64_t offset)
{
	const struct bytes *contents = &v->object->memory.contents;
	struct field field = { .offset = offset };
	uint64_t size;

	if (kind < FIELD_PTR || kind > FIELD_EFACE)
		return;
	size = field_words[kind] * v->params->pointer_size;
	if (offset > contents->len || contents->len - offset < size)
		return;
	field.kind = (enum field_kind)kind;
	field.value = (struct bytes){ contents->data + offset, size };
	if (kind == FIELD_PTR)
		field.target = word_at(v->params, field.value.data);
	v->visit(v->to, &field);
}

/* The pointers that the bitmap shows. */
static void visit_pointers(const struct visitor *v)
{
	const struct bytes *bits = &v->object->memory.pointers;

	for (size_t i = 0; i < 8 * bits->len; i++)
		if (bits->data[i / 8] >> i % 8 & 1)
			visit_field(v, FIELD_PTR, i * v->params->pointer_size);
}

/* The fields of a value at `base`. They rise, and lie in it: what does not is
 * not a type's but an attack's. */
static void visit_value(const struct visitor *v, uint64_t base)
{
	const struct numbers *fields = &v->type->fields;
	uint64_t least = 0;

	for (size_t i = 0; i + 1 < fields->len; i += 2) {
		uint64_t offset = fields->data[i + 1];
		if (offset < least || offset >= v->type->size)
			break;
		visit_field(v, fields->data[i], base + offset);
		least = offset + 1;
	}
}

void fields_each(const struct params *params, const struct type *type,
		 const struct object *object,
		 void (*visit)(void *to, const struct field *field), void *to)
{
	const struct visitor v = { params, type, object, visit, to };
	uint64_t left = object->memory.contents.len, base = 0;

	if (!type || type->fields.len == 0) {
		visit_pointers(&v);
		return;
	}
	if (object->kind == OBJECT_CHANNEL)
		base = params->channel_header_size;
	for (left -= base < left ? base : left; left >= type->size;
	     left -= type->size) {
		visit_value(&v, base);
		base += type->size;
		if (object->kind == OBJECT_REGULAR || type->size == 0)
			break;
	}
}
