#include "stream/stream.h"

#include <cbor.h>
#include <string.h>
#include <unistr.h>

#include "stream/priv.h"

void stream_out_open(struct stream_out *out, int fd)
{
	*out = (struct stream_out){ 0 };
	output_open(&out->out, fd);
}

int stream_out_close(struct stream_out *out)
{
	int status = output_flush(&out->out);

	output_close(&out->out);
	return status;
}

typedef size_t encode_head(uint64_t value, unsigned char *p, size_t size);

static void put_head(struct stream_out *out, encode_head *encode,
		     uint64_t value)
{
	(void)output_room(&out->out, HEAD_MAX);
	out->out.len += encode(value, out->out.buf + out->out.len, HEAD_MAX);
}

/* libcbor's heads without a value, and those of a narrower type. */
static size_t encode_array(uint64_t value, unsigned char *p, size_t size)
{
	return cbor_encode_array_start((size_t)value, p, size);
}

static size_t encode_bytes(uint64_t value, unsigned char *p, size_t size)
{
	return cbor_encode_bytestring_start((size_t)value, p, size);
}

static size_t encode_text(uint64_t value, unsigned char *p, size_t size)
{
	return cbor_encode_string_start((size_t)value, p, size);
}

static size_t encode_bool(uint64_t value, unsigned char *p, size_t size)
{
	return cbor_encode_bool(value != 0, p, size);
}

static size_t encode_null(uint64_t value, unsigned char *p, size_t size)
{
	(void)value;
	return cbor_encode_null(p, size);
}

static size_t encode_bytes_start(uint64_t value, unsigned char *p, size_t size)
{
	(void)value;
	return cbor_encode_indef_bytestring_start(p, size);
}

static size_t encode_break(uint64_t value, unsigned char *p, size_t size)
{
	(void)value;
	return cbor_encode_break(p, size);
}

static void put_bytes(struct stream_out *out, struct bytes bytes)
{
	put_head(out, encode_bytes, bytes.len);
	output_write(&out->out, bytes.data, bytes.len);
}

/* CBOR text is UTF-8; names in a broken dump may be anything. */
static void put_text(struct stream_out *out, struct text text)
{
	const uint8_t *data = (const uint8_t *)text.data;

	if (!data) {
		put_head(out, encode_null, 0);
		return;
	}
	put_head(out, u8_check(data, text.len) ? encode_bytes : encode_text,
		 text.len);
	output_write(&out->out, data, text.len);
}

static void put_numbers(struct stream_out *out, struct numbers numbers)
{
	put_head(out, encode_array, numbers.len);
	for (size_t i = 0; i < numbers.len; i++)
		put_head(out, cbor_encode_uint, numbers.data[i]);
}

static void put_calls(struct stream_out *out, struct calls calls)
{
	put_head(out, encode_array, 3 * calls.len);
	for (size_t i = 0; i < calls.len; i++) {
		put_text(out, calls.data[i].function);
		put_text(out, calls.data[i].file);
		put_head(out, cbor_encode_uint, calls.data[i].line);
	}
}

/* Chunks up to the end of their part, as one string of indefinite length:
 * its bytes. A source that breaks ends the string too. */
static uint64_t put_chunks(struct stream_out *out, struct record *record,
			   struct bytes chunk)
{
	uint64_t len = 0;

	put_head(out, encode_bytes_start, 0);
	while (chunk.len > 0 && !out->out.error) {
		len += chunk.len;
		put_bytes(out, chunk);
		if (record_chunk(record, &chunk) <= 0)
			break;
	}
	put_head(out, encode_break, 0);
	return len;
}

/* Contents, then pointers, of which all or none came. */
static uint64_t put_chunked_contents(struct stream_out *out,
				     struct record *record)
{
	struct bytes chunk = { 0 };

	if (record_chunk(record, &chunk) <= 0)
		chunk = (struct bytes){ 0 };
	return put_chunks(out, record, chunk);
}

/* A bitmap that is one string for us, whatever its source made of it. */
static void put_joined(struct stream_out *out, struct record *record,
		       struct bytes chunk)
{
	size_t len = 0;

	do {
		if (chunk.len > sizeof(out->packed) - len)
			break;
		memcpy(out->packed + len, chunk.data, chunk.len);
		len += chunk.len;
	} while (record_chunk(record, &chunk) > 0);
	put_bytes(out, (struct bytes){ out->packed, len });
}

static void put_chunked_pointers(struct stream_out *out, struct record *record,
				 uint64_t contents_len)
{
	uint64_t size = record->kind == RECORD_OBJECT ? record->object.size
						      : contents_len;
	struct bytes chunk = { 0 };

	if (record_chunk(record, &chunk) <= 0) {
		put_bytes(out, (struct bytes){ 0 });
	} else if (bitmap_size(size, out->params.pointer_size) > CHUNK_SIZE) {
		(void)put_chunks(out, record, chunk);
	} else {
		put_joined(out, record, chunk);
	}
}

static void put_members(struct stream_out *out, struct record *record)
{
	const struct schema *schema = &record_schema[record->kind];
	uint64_t contents_len = 0;

	put_head(out, encode_array, schema->len + 1);
	put_head(out, cbor_encode_uint, record->kind);
	for (size_t i = 0; i < schema->len; i++) {
		void *value = (char *)record + schema->members[i].offset;

		switch (schema->members[i].type) {
		case MEMBER_UINT:
		case MEMBER_ADDRESS:
			put_head(out, cbor_encode_uint, *(uint64_t *)value);
			break;
		case MEMBER_BOOL:
			put_head(out, encode_bool, *(bool *)value);
			break;
		case MEMBER_TEXT:
			put_text(out, *(struct text *)value);
			break;
		case MEMBER_NUMBERS:
			put_numbers(out, *(struct numbers *)value);
			break;
		case MEMBER_CALLS:
			put_calls(out, *(struct calls *)value);
			break;
		case MEMBER_CONTENTS:
			if (record->chunks)
				contents_len =
					put_chunked_contents(out, record);
			else
				put_bytes(out, *(struct bytes *)value);
			break;
		case MEMBER_POINTERS:
			if (record->chunks)
				put_chunked_pointers(out, record, contents_len);
			else
				put_bytes(out, *(struct bytes *)value);
			break;
		}
	}
}

static int put_end(struct stream_out *out, struct record *record)
{
	size_t kinds = RECORD_KIND_LIMIT;

	while (kinds > 0 && out->counts[kinds - 1] == 0)
		kinds--;
	record->end.counts = (struct numbers){ out->counts, kinds };
	record->end.object_bytes = out->object_bytes;
	put_members(out, record);
	return out->out.error ? -1 : 0;
}

static inline void count(struct stream_out *out, const struct record *record)
{
	out->counts[record->kind]++;
	if (record->kind == RECORD_OBJECT)
		out->object_bytes += record->object.size;
}

static __attribute__((noinline)) int put_slow(struct stream_out *out,
					      struct record *record)
{
	if (record->kind == RECORD_END)
		return put_end(out, record);
	count(out, record);
	if (record->kind == RECORD_PARAMS) {
		out->params = record->params;
		record->params.version = STREAM_VERSION;
		put_head(out, cbor_encode_tag, SELF_DESCRIBED);
	}
	reduce_record(out, record);
	put_members(out, record);
	return out->out.error ? -1 : 0;
}

int stream_put(struct stream_out *out, struct record *record)
{
	struct memory *memory = &record->object.memory;

	if (record->kind != RECORD_OBJECT || record->chunks || out->plain)
		return put_slow(out, record);
	count(out, record);
	if (out->params.contents == CONTENTS_NONE)
		memory->contents.len = memory->pointers.len = 0;
	else if (out->params.contents == CONTENTS_POINTERS)
		reduce_to_pointers(out, memory);
	if (!object_put_fast(out, &record->object))
		put_members(out, record);
	return out->out.error ? -1 : 0;
}
