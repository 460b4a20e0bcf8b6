/*
 * The pointers in some memory: listed behind it by their offsets (Go 1.4 and
 * later), or in its type, which repeats (Go 1.3's objects).
 */
#include "dump/priv.h"

struct pointer_walk walk_list(uint64_t size, const uint8_t *contents)
{
	return (struct pointer_walk){ .size = size, .contents = contents };
}

struct pointer_walk walk_type(const struct dump *dump,
			      const struct dump_type *type, uint64_t kind,
			      uint64_t size, const uint8_t *contents)
{
	struct pointer_walk walk = walk_list(size, contents);

	walk.type = type;
	walk.stride = kind == OBJECT_REGULAR ? 0 : type->size;
	if (kind == OBJECT_CHANNEL)
		walk.base = dump->params.channel_header_size;
	return walk;
}

/* Go 1.3 keeps values of up to a word in the interface itself: whether its
 * data word is a pointer is for its first word to say. Without contents,
 * any value may be one. */
static bool holds_pointer(struct dump *dump, const struct pointer_walk *walk,
			  uint64_t kind, uint64_t offset)
{
	const struct dump_type *type;
	uint64_t word;

	if (!walk->contents)
		return true;
	if (offset >= walk->size ||
	    walk->size - offset < dump->params.pointer_size)
		return false;
	word = word_at(&dump->params, walk->contents + offset);
	type = word ? dump_type_find(dump, word) : NULL;
	if (type)
		return type->indirect;
	return word && kind == FIELD_EFACE;
}

/* The next field of a type that repeats over the object: kind, or 0. */
static uint64_t next_type_field(struct pointer_walk *walk, uint64_t *offset)
{
	const struct numbers *fields = &walk->type->fields;

	if (walk->index >= fields->len) {
		walk->index = 0;
		walk->base += walk->stride;
		if (walk->stride == 0 || fields->len == 0)
			return 0;
	}
	if (walk->base > walk->size || walk->size - walk->base < walk->stride)
		return 0;
	*offset = walk->base + fields->data[walk->index + 1];
	/* They rise (parse.c): what follows lies outside, too. */
	if (*offset >= walk->size)
		return 0;
	walk->index += 2;
	return fields->data[walk->index - 2];
}

static uint64_t next_list_field(struct dump *dump, struct cursor *c,
				uint64_t *offset)
{
	uint64_t kind = cursor_uint(c);

	if (kind > (dump->format == 3 ? FIELD_EFACE : FIELD_SLICE))
		cursor_bad(c, "a field of unknown kind");
	/* Computed in the runtime's uintptr, which may have wrapped. */
	if (kind != 0)
		*offset = cursor_uint(c) &
			  (UINT64_MAX >> (64 - 8 * dump->params.pointer_size));
	return c->state == CURSOR_OK ? kind : 0;
}

/* Which words a field of `kind` at `offset` makes pointers; false: none. */
static bool field_pointers(struct dump *dump, struct pointer_walk *walk,
			   uint64_t kind, uint64_t *offset)
{
	uint64_t second = *offset + dump->params.pointer_size;

	if (dump->format > 3) {
		/* From 1.4 on both words of an interface are. */
		walk->has_next = kind != FIELD_PTR;
		walk->next = second;
		return true;
	}
	if (kind < FIELD_IFACE)
		return true;
	if (!holds_pointer(dump, walk, kind, *offset))
		return false;
	*offset = second;
	return true;
}

int walk_next(struct dump *dump, struct cursor *c, struct pointer_walk *walk,
	      uint64_t *offset)
{
	uint64_t kind;

	do {
		if (walk->has_next) {
			*offset = walk->next;
			walk->has_next = false;
			continue;
		}
		do
			kind = walk->type ? next_type_field(walk, offset)
					  : next_list_field(dump, c, offset);
		while (kind && !field_pointers(dump, walk, kind, offset));
		if (!kind)
			return 0;
	} while (*offset >= walk->size ||
		 walk->size - *offset < dump->params.pointer_size);
	if (*offset & (dump->params.pointer_size - 1)) {
		cursor_bad(c, "a pointer field that is not aligned");
		return 0;
	}
	return 1;
}
