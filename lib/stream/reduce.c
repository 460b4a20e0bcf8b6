/*
 * What a contents mode leaves out.
 */
#include <string.h>

#include "stream/priv.h"

/* The words of held contents that are pointers, one behind the other. */
static inline size_t pack_words(const struct memory *memory, uint8_t *packed,
				const size_t word)
{
	const struct bytes *contents = &memory->contents;
	uint8_t *to = packed;

	for (size_t i = 0; i < memory->pointers.len; i++) {
		unsigned bits = memory->pointers.data[i];

		for (; bits; bits &= bits - 1) {
			size_t offset =
				(8 * i + (size_t)__builtin_ctz(bits)) * word;
			if (offset + word > contents->len)
				break;
			memcpy(to, contents->data + offset, word);
			to += word;
		}
	}
	return (size_t)(to - packed);
}

void reduce_to_pointers(struct stream_out *out, struct memory *memory)
{
	if (memory->packed || memory->contents.len > sizeof(out->packed))
		return;
	memory->contents.len = out->params.pointer_size == 8
				       ? pack_words(memory, out->packed, 8)
				       : pack_words(memory, out->packed, 4);
	memory->contents.data = out->packed;
	memory->packed = true;
}

void reduce_record(struct stream_out *out, struct record *record)
{
	struct memory *memory = record_memory(record);
	struct bytes chunk;

	if (out->params.contents == CONTENTS_ALL)
		return;
	if (out->params.contents == CONTENTS_NONE) {
		/* A stackframe has members behind its contents. */
		while (record->chunks && record_chunk(record, &chunk) > 0)
			;
		record->chunks = NULL;
		if (memory)
			memory->contents.len = memory->pointers.len = 0;
	} else if (record->kind == RECORD_OBJECT && !record->chunks) {
		reduce_to_pointers(out, memory);
	}
}
