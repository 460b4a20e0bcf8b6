#include "dump/dump.h"

#include <stdlib.h>
#include <string.h>

#include "dump/priv.h"

enum { HEADER_SIZE = 16 }; /* "go1.7 heap dump\n" */

/* Go's minor version: 22 of "go1.22.3", "devel go1.22-1234"; or 0. */
static unsigned minor_version(const struct params *params)
{
	const char *go1 =
		memmem(params->runtime.data, params->runtime.len, "go1.", 4);

	return go1 ? (unsigned)strtoul(go1 + 4, NULL, 10) : 0;
}

static bool has_experiment(const struct params *params, const char *name)
{
	const struct text *text = &params->experiment;

	return memmem(text->data, text->len, name, strlen(name)) != NULL;
}

static void set_quirks(struct dump *dump)
{
	const struct params *params = &dump->params;
	unsigned minor = minor_version(params);
	bool wide = params->pointer_size == 8;

	dump->word_shift = wide ? 3 : 2;
	dump->padded_slots =
		minor >= 22 && !has_experiment(params, "noallocheaders");
	dump->inline_marks = minor >= 26 || has_experiment(params, "greentea");
	if (has_experiment(params, "nogreentea"))
		dump->inline_marks = false;
	dump->header_above = wide ? 512 : 128;
	/* As many words as a uint64_t has bits, and no malloc header. */
	dump->fast_limit = wide ? 512 : 256;
	if (dump->padded_slots)
		dump->fast_limit = dump->header_above;
	if (dump->format == 3)
		dump->fast_limit = 0;
	object_set_limits(dump);
}

static int open_params(struct dump *dump)
{
	struct cursor c;

	do {
		c = cursor_at(&dump->in);
		if (cursor_uint(&c) != RECORD_PARAMS)
			cursor_bad(&c, "no params record first");
		dump_parse_params(dump, &c);
	} while (dump_retry(dump, &c));
	dump->in.pos = c.p;
	if (!dump->broken)
		return 0;
	dump_set_reason(dump, "a heap dump, broken at byte %llu: %s",
			(unsigned long long)dump->offset,
			c.state == CURSOR_BAD ? c.why : "the file ends there");
	return -1;
}

int dump_open(struct dump *dump, int fd)
{
	struct input *in = &dump->in;

	*dump = (struct dump){ .chunks.source.next = memory_next,
			       .address_memo.mask = UINT64_MAX };
	/* No list that is looked up starts with a 0: nothing is like it. */
	for (size_t k = 0; k < 1 << LIST_MEMOS_LOG2; k++)
		dump->list_memos[k].mask = UINT64_MAX;
	input_open(in, fd);
	while (in->end - in->pos < HEADER_SIZE && input_more(in) > 0)
		;
	if (in->error) {
		dump_break(dump, NULL);
		return -1;
	}
	if (in->end - in->pos < HEADER_SIZE || in->pos[4] < '3' ||
	    in->pos[4] > '7' || memcmp(in->pos, "go1.", 4) != 0 ||
	    memcmp(in->pos + 5, " heap dump\n", 11) != 0) {
		foreign_describe(in->pos, (size_t)(in->end - in->pos),
				 dump->reason, sizeof(dump->reason));
		return -1;
	}
	dump->format = in->pos[4] - '0';
	memcpy(dump->format_name, in->pos, 5);
	in->pos += HEADER_SIZE;
	if (open_params(dump) < 0)
		return -1;
	dump->params.format = (struct text){ dump->format_name, 5 };
	set_quirks(dump);
	return 0;
}

void dump_close(struct dump *dump)
{
	input_close(&dump->in);
	dump_types_free(dump);
	record_arrays_free(&dump->arrays);
	free((void *)dump->architecture.data);
	free((void *)dump->version.data);
}

/* The record behind a tag. Types and more input are for our caller. */
static struct cursor parse_one(struct dump *dump, struct record *record)
{
	struct cursor c = cursor_at(&dump->in);
	uint64_t tag = cursor_uint(&c);

	*record = (struct record){ .kind = (enum record_kind)tag };
	dump->new_type = 0;
	dump->lost_name = false;
	dump->chunks.part = PART_NONE;
	if (tag == RECORD_PARAMS)
		cursor_bad(&c, "a second params record");
	else if (tag > RECORD_ALLOCSAMPLE)
		cursor_bad(&c, "a record of unknown kind");
	else if (c.state == CURSOR_OK && tag != RECORD_END)
		dump_parse_record(dump, &c, record);
	return c;
}

/* A type that a record refers to and that no record described: 1, or 0 where
 * there are too many. */
static int announce_type(struct dump *dump, struct record *record)
{
	uint64_t address = dump->new_type;
	struct dump_type *type = dump_type_add(dump, address);
	struct cursor c = cursor_at(&dump->in);

	dump->chunks.part = PART_NONE;
	if (!type) {
		cursor_bad(&c, too_many_types);
		dump_break(dump, &c);
		return 0;
	}
	*record = (struct record){ .kind = RECORD_TYPEADDRESS };
	record->typeaddress.address = address;
	record->typeaddress.id = dump_type_number(dump, type);
	return 1;
}

static int end_record(struct dump *dump, struct record *record)
{
	dump->reported = true;
	*record = (struct record){
		.kind = RECORD_END,
		.end = { .complete = !dump->broken,
			 .offset = dump->offset,
			 .dropped = dump->dropped,
			 .cut = dump->cut },
	};
	if (dump->broken)
		record->end.reason =
			(struct text){ dump->reason, strlen(dump->reason) };
	return 1;
}

/* Behind the dump's last record there is nothing. */
static void read_eof(struct dump *dump)
{
	dump->offset = input_offset(&dump->in, dump->in.pos);
	if (dump->in.pos == dump->in.end && input_more(&dump->in) == 0)
		return;
	dump->broken = true;
	dump_set_reason(dump, "an end record, and more bytes behind it");
}

/* One record by the general path: 1, or 0 for none (a bogus slot, the end,
 * or a break). */
static int next_plain(struct dump *dump, struct record *record)
{
	struct cursor c;

	do
		c = parse_one(dump, record);
	while (dump_retry(dump, &c));
	if (dump->broken)
		return 0;
	if (dump->new_type)
		return announce_type(dump, record);
	dump->in.pos = c.p;
	if (record->kind == RECORD_END) {
		read_eof(dump);
		dump->state = DUMP_END;
		return 0;
	}
	if (record->kind == RECORD_OBJECT && object_is_bogus(dump, record)) {
		dump->dropped++;
		return 0;
	}
	if (dump->lost_name && resync_type(dump, record->type.address,
					   &record->type.indirect) <= 0)
		dump_break(dump, NULL);
	return !dump->broken;
}

static int next_record(struct dump *dump, struct record *record)
{
	if (dump->state == DUMP_BEGIN) {
		dump->state = DUMP_RECORDS;
		*record = (struct record){ .kind = RECORD_PARAMS,
					   .params = dump->params };
		return 1;
	}
	memory_skip(dump);
	while (dump->state == DUMP_RECORDS)
		if (next_plain(dump, record))
			return 1;
	return dump->reported ? 0 : end_record(dump, record);
}

static __attribute__((noinline)) int next_slow(struct dump *dump,
					       struct record *record)
{
	int got = next_record(dump, record);

	dump->fast = dump->state == DUMP_RECORDS && !dump->plain &&
		     dump->chunks.part == PART_NONE;
	return got;
}

int dump_next(struct dump *dump, struct record *record)
{
	/* Nearly always; the rest is a call away. */
	if (dump->fast && object_fast(dump, record))
		return 1;
	return next_slow(dump, record);
}
