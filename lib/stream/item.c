#include "stream/item.h"

#include <cbor.h>

static void set(void *context, enum item_type type, uint64_t value)
{
	struct item *item = context;

	item->type = type;
	item->value = value;
}

static void on_uint8(void *context, uint8_t value)
{
	set(context, ITEM_UINT, value);
}

static void on_uint16(void *context, uint16_t value)
{
	set(context, ITEM_UINT, value);
}

static void on_uint32(void *context, uint32_t value)
{
	set(context, ITEM_UINT, value);
}

static void on_uint64(void *context, uint64_t value)
{
	set(context, ITEM_UINT, value);
}

static void on_negint8(void *context, uint8_t value)
{
	set(context, ITEM_OTHER, value);
}

static void on_negint16(void *context, uint16_t value)
{
	set(context, ITEM_OTHER, value);
}

static void on_negint32(void *context, uint32_t value)
{
	set(context, ITEM_OTHER, value);
}

static void on_negint64(void *context, uint64_t value)
{
	set(context, ITEM_OTHER, value);
}

static void on_bytes(void *context, cbor_data data, size_t len)
{
	set(context, ITEM_BYTES, len);
	((struct item *)context)->bytes = (struct bytes){ data, len };
}

static void on_text(void *context, cbor_data data, size_t len)
{
	set(context, ITEM_TEXT, len);
	((struct item *)context)->bytes = (struct bytes){ data, len };
}

static void on_bytes_start(void *context)
{
	set(context, ITEM_BYTES_START, 0);
}

static void on_indefinite(void *context)
{
	set(context, ITEM_INDEFINITE, 0);
}

static void on_array(void *context, size_t len)
{
	set(context, ITEM_ARRAY, len);
}

static void on_map(void *context, size_t len)
{
	set(context, ITEM_MAP, len);
}

static void on_tag(void *context, uint64_t value)
{
	set(context, ITEM_TAG, value);
}

static void on_float(void *context, float value)
{
	(void)value;
	set(context, ITEM_OTHER, 0);
}

static void on_double(void *context, double value)
{
	(void)value;
	set(context, ITEM_OTHER, 0);
}

static void on_undefined(void *context)
{
	set(context, ITEM_OTHER, 0);
}

static void on_null(void *context)
{
	set(context, ITEM_NULL, 0);
}

static void on_bool(void *context, bool value)
{
	set(context, ITEM_BOOL, value);
}

static void on_break(void *context)
{
	set(context, ITEM_BREAK, 0);
}

static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8,
	.uint16 = on_uint16,
	.uint32 = on_uint32,
	.uint64 = on_uint64,
	.negint8 = on_negint8,
	.negint16 = on_negint16,
	.negint32 = on_negint32,
	.negint64 = on_negint64,
	.byte_string = on_bytes,
	.byte_string_start = on_bytes_start,
	.string = on_text,
	.string_start = on_indefinite,
	.array_start = on_array,
	.indef_array_start = on_indefinite,
	.map_start = on_map,
	.indef_map_start = on_indefinite,
	.tag = on_tag,
	.float2 = on_float,
	.float4 = on_float,
	.float8 = on_double,
	.undefined = on_undefined,
	.null = on_null,
	.boolean = on_bool,
	.indef_break = on_break,
};

void items_bad(struct items *items, const char *why)
{
	if (items->state == ITEMS_OK) {
		items->state = ITEMS_BAD;
		items->why = why;
	}
}

struct item item_next(struct items *items)
{
	struct item item = { ITEM_NONE, 0, { 0 } };
	struct cbor_decoder_result result;

	if (items->state != ITEMS_OK)
		return item;
	result = cbor_stream_decode(items->p, (size_t)(items->end - items->p),
				    &callbacks, &item);
	if (result.status == CBOR_DECODER_FINISHED)
		items->p += result.read;
	else if (result.status == CBOR_DECODER_NEDATA)
		items->state = ITEMS_SHORT;
	else
		items_bad(items, "bytes that are not CBOR");
	return items->state == ITEMS_OK ? item : (struct item){ 0 };
}

struct item item_expect(struct items *items, enum item_type type,
			const char *why)
{
	struct item item = item_next(items);

	if (item.type == type)
		return item;
	items_bad(items, why);
	return (struct item){ 0 };
}

static void skip_chunks(struct items *items)
{
	struct item item;

	do
		item = item_next(items);
	while (item.type == ITEM_BYTES);
	if (item.type != ITEM_BREAK)
		items_bad(items, "no byte string in one of indefinite length");
}

void item_skip(struct items *items)
{
	uint64_t left = 1;
	struct item item;

	for (; left > 0 && items->state == ITEMS_OK; left--) {
		item = item_next(items);
		if (item.value > INPUT_MAX &&
		    (item.type == ITEM_ARRAY || item.type == ITEM_MAP))
			items_bad(items, "an item of more than 1 MiB");
		else if (item.type == ITEM_ARRAY)
			left += item.value;
		else if (item.type == ITEM_MAP)
			left += 2 * item.value;
		else if (item.type == ITEM_TAG)
			left++;
		else if (item.type == ITEM_BREAK ||
			 item.type == ITEM_INDEFINITE)
			items_bad(items, "an indefinite length");
		else if (item.type == ITEM_BYTES_START)
			skip_chunks(items);
	}
}
