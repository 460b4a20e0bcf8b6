#include "record/record.h"

#include <endian.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER(TYPE, KIND, NAME)                                               \
	{                                                                      \
#NAME, MEMBER_##TYPE, offsetof(struct record, KIND.NAME),      \
			NULL, 0                                                \
	}
#define ENUMERATION(KIND, NAME, NAMES)                                         \
	{                                                                      \
#NAME, MEMBER_UINT, offsetof(struct record, KIND.NAME), NAMES, \
			sizeof(NAMES) / sizeof(*NAMES)                         \
	}
#define MEMORY(PART, TYPE, KIND)                                               \
	{                                                                      \
#PART, MEMBER_##TYPE,                                          \
			offsetof(struct record, KIND.memory.PART), NULL, 0     \
	}
#define SCHEMA(NAME, MEMBERS)                                                  \
	{                                                                      \
		NAME, MEMBERS, sizeof(MEMBERS) / sizeof(*MEMBERS)              \
	}

const char *const object_kind_name[OBJECT_KINDS] = {
	[OBJECT_REGULAR] = "regular",
	[OBJECT_ARRAY] = "array",
	[OBJECT_CHANNEL] = "channel",
	[OBJECT_CONSERVATIVE] = "conservatively scanned",
};

const char *const contents_mode_name[] = {
	[CONTENTS_ALL] = "all",
	[CONTENTS_POINTERS] = "pointers",
	[CONTENTS_NONE] = "none",
};

/* One a line, in the order of the stream. */
/* clang-format off */
static const struct member params_members[] = {
	MEMBER(UINT, params, version),
	MEMBER(TEXT, params, format),
	MEMBER(TEXT, params, runtime),
	MEMBER(UINT, params, pointer_size),
	MEMBER(BOOL, params, big_endian),
	ENUMERATION(params, contents, contents_mode_name),
	MEMBER(ADDRESS, params, heap_start),
	MEMBER(ADDRESS, params, heap_end),
	MEMBER(TEXT, params, architecture),
	MEMBER(UINT, params, architecture_code),
	MEMBER(TEXT, params, experiment),
	MEMBER(UINT, params, cpus),
	MEMBER(UINT, params, channel_header_size),
};

static const struct member object_members[] = {
	MEMBER(ADDRESS, object, address),
	MEMBER(UINT, object, size),
	MEMBER(UINT, object, type),
	ENUMERATION(object, kind, object_kind_name),
	MEMORY(contents, CONTENTS, object),
	MEMORY(pointers, POINTERS, object),
};

static const struct member otherroot_members[] = {
	MEMBER(TEXT, otherroot, description),
	MEMBER(ADDRESS, otherroot, address),
};

static const struct member type_members[] = {
	MEMBER(UINT, type, id),
	MEMBER(ADDRESS, type, address),
	MEMBER(UINT, type, size),
	MEMBER(TEXT, type, name),
	MEMBER(BOOL, type, indirect),
	MEMBER(NUMBERS, type, fields),
};

static const struct member typeaddress_members[] = {
	MEMBER(UINT, typeaddress, id),
	MEMBER(ADDRESS, typeaddress, address),
};

static const struct member goroutine_members[] = {
	MEMBER(ADDRESS, goroutine, address),
	MEMBER(ADDRESS, goroutine, sp),
	MEMBER(UINT, goroutine, id),
	MEMBER(ADDRESS, goroutine, creator_pc),
	MEMBER(UINT, goroutine, status),
	MEMBER(BOOL, goroutine, system),
	MEMBER(BOOL, goroutine, background),
	MEMBER(UINT, goroutine, wait_since),
	MEMBER(TEXT, goroutine, wait_reason),
	MEMBER(ADDRESS, goroutine, context),
	MEMBER(ADDRESS, goroutine, thread),
	MEMBER(ADDRESS, goroutine, defer),
	MEMBER(ADDRESS, goroutine, panic),
};

static const struct member stackframe_members[] = {
	MEMBER(ADDRESS, stackframe, goroutine),
	MEMBER(ADDRESS, stackframe, sp),
	MEMBER(UINT, stackframe, depth),
	MEMBER(ADDRESS, stackframe, child_sp),
	MEMORY(contents, CONTENTS, stackframe),
	MEMBER(ADDRESS, stackframe, entry),
	MEMBER(ADDRESS, stackframe, pc),
	MEMBER(ADDRESS, stackframe, continuation_pc),
	MEMBER(TEXT, stackframe, function),
	MEMORY(pointers, POINTERS, stackframe),
};

static const struct member finalizer_members[] = {
	MEMBER(ADDRESS, finalizer, object),
	MEMBER(ADDRESS, finalizer, function),
	MEMBER(ADDRESS, finalizer, code),
	MEMBER(ADDRESS, finalizer, function_type),
	MEMBER(ADDRESS, finalizer, object_type),
};

static const struct member itab_members[] = {
	MEMBER(ADDRESS, itab, address),
	MEMBER(UINT, itab, type),
	MEMBER(BOOL, itab, indirect),
};

static const struct member osthread_members[] = {
	MEMBER(ADDRESS, osthread, address),
	MEMBER(UINT, osthread, id),
	MEMBER(UINT, osthread, os_id),
};

static const struct member memstats_members[] = {
	MEMBER(UINT, memstats, alloc),
	MEMBER(UINT, memstats, total_alloc),
	MEMBER(UINT, memstats, sys),
	MEMBER(UINT, memstats, lookups),
	MEMBER(UINT, memstats, mallocs),
	MEMBER(UINT, memstats, frees),
	MEMBER(UINT, memstats, heap_alloc),
	MEMBER(UINT, memstats, heap_sys),
	MEMBER(UINT, memstats, heap_idle),
	MEMBER(UINT, memstats, heap_inuse),
	MEMBER(UINT, memstats, heap_released),
	MEMBER(UINT, memstats, heap_objects),
	MEMBER(UINT, memstats, stack_inuse),
	MEMBER(UINT, memstats, stack_sys),
	MEMBER(UINT, memstats, mspan_inuse),
	MEMBER(UINT, memstats, mspan_sys),
	MEMBER(UINT, memstats, mcache_inuse),
	MEMBER(UINT, memstats, mcache_sys),
	MEMBER(UINT, memstats, buckhash_sys),
	MEMBER(UINT, memstats, gc_sys),
	MEMBER(UINT, memstats, other_sys),
	MEMBER(UINT, memstats, next_gc),
	MEMBER(UINT, memstats, last_gc),
	MEMBER(UINT, memstats, pause_total_ns),
	MEMBER(NUMBERS, memstats, pause_ns),
	MEMBER(UINT, memstats, num_gc),
};

static const struct member segment_members[] = {
	MEMBER(ADDRESS, segment, address),
	MEMORY(contents, CONTENTS, segment),
	MEMORY(pointers, POINTERS, segment),
};

static const struct member deferred_members[] = {
	MEMBER(ADDRESS, deferred, address),
	MEMBER(ADDRESS, deferred, goroutine),
	MEMBER(ADDRESS, deferred, argp),
	MEMBER(ADDRESS, deferred, pc),
	MEMBER(ADDRESS, deferred, function),
	MEMBER(ADDRESS, deferred, code),
	MEMBER(ADDRESS, deferred, link),
};

static const struct member panicking_members[] = {
	MEMBER(ADDRESS, panicking, address),
	MEMBER(ADDRESS, panicking, goroutine),
	MEMBER(ADDRESS, panicking, arg_type),
	MEMBER(ADDRESS, panicking, arg_data),
	MEMBER(ADDRESS, panicking, defer),
	MEMBER(ADDRESS, panicking, link),
};

static const struct member memprof_members[] = {
	MEMBER(ADDRESS, memprof, bucket),
	MEMBER(UINT, memprof, size),
	MEMBER(CALLS, memprof, stack),
	MEMBER(UINT, memprof, allocs),
	MEMBER(UINT, memprof, frees),
};

static const struct member allocsample_members[] = {
	MEMBER(ADDRESS, allocsample, object),
	MEMBER(ADDRESS, allocsample, bucket),
};

static const struct member end_members[] = {
	MEMBER(BOOL, end, complete),
	MEMBER(UINT, end, offset),
	MEMBER(TEXT, end, reason),
	MEMBER(NUMBERS, end, counts),
	MEMBER(UINT, end, object_bytes),
	MEMBER(UINT, end, dropped),
	MEMBER(UINT, end, cut),
};

/* clang-format on */
const struct schema record_schema[RECORD_KINDS] = {
	[RECORD_END] = SCHEMA("end", end_members),
	[RECORD_OBJECT] = SCHEMA("object", object_members),
	[RECORD_OTHERROOT] = SCHEMA("otherroot", otherroot_members),
	[RECORD_TYPE] = SCHEMA("type", type_members),
	[RECORD_GOROUTINE] = SCHEMA("goroutine", goroutine_members),
	[RECORD_STACKFRAME] = SCHEMA("stackframe", stackframe_members),
	[RECORD_PARAMS] = SCHEMA("params", params_members),
	[RECORD_FINALIZER] = SCHEMA("finalizer", finalizer_members),
	[RECORD_ITAB] = SCHEMA("itab", itab_members),
	[RECORD_OSTHREAD] = SCHEMA("osthread", osthread_members),
	[RECORD_MEMSTATS] = SCHEMA("memstats", memstats_members),
	[RECORD_QUEUEDFINALIZER] = SCHEMA("queuedfinalizer", finalizer_members),
	[RECORD_DATA] = SCHEMA("data", segment_members),
	[RECORD_BSS] = SCHEMA("bss", segment_members),
	[RECORD_DEFER] = SCHEMA("defer", deferred_members),
	[RECORD_PANIC] = SCHEMA("panic", panicking_members),
	[RECORD_MEMPROF] = SCHEMA("memprof", memprof_members),
	[RECORD_ALLOCSAMPLE] = SCHEMA("allocsample", allocsample_members),
	[RECORD_TYPEADDRESS] = SCHEMA("typeaddress", typeaddress_members),
};

struct memory *record_memory(struct record *record)
{
	switch (record->kind) {
	case RECORD_OBJECT:
		return &record->object.memory;
	case RECORD_STACKFRAME:
		return &record->stackframe.memory;
	case RECORD_DATA:
	case RECORD_BSS:
		return &record->segment.memory;
	default:
		return NULL;
	}
}

struct text text_copy(struct text text)
{
	char *copy = text.data ? malloc(text.len + 1) : NULL;

	if (!text.data)
		return text;
	if (!copy)
		err(1, "a text of %zu bytes", text.len);
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return (struct text){ copy, text.len };
}

struct numbers numbers_copy(struct numbers numbers)
{
	uint64_t *copy;

	if (numbers.len == 0)
		return (struct numbers){ 0 };
	copy = calloc(numbers.len, sizeof(*copy));
	if (!copy)
		err(1, "%zu numbers", numbers.len);
	memcpy(copy, numbers.data, numbers.len * sizeof(*copy));
	return (struct numbers){ copy, numbers.len };
}

uint64_t *record_numbers(struct record_arrays *arrays, size_t n)
{
	if (n > arrays->numbers_size) {
		free(arrays->numbers);
		arrays->numbers = calloc(n, sizeof(*arrays->numbers));
		arrays->numbers_size = n;
	}
	if (n > 0 && !arrays->numbers)
		err(1, "%zu numbers", n);
	return arrays->numbers;
}

struct call *record_calls(struct record_arrays *arrays, size_t n)
{
	if (n > arrays->calls_size) {
		free(arrays->calls);
		arrays->calls = calloc(n, sizeof(*arrays->calls));
		arrays->calls_size = n;
	}
	if (n > 0 && !arrays->calls)
		err(1, "%zu calls", n);
	return arrays->calls;
}

void record_arrays_free(struct record_arrays *arrays)
{
	free(arrays->numbers);
	free(arrays->calls);
	*arrays = (struct record_arrays){ 0 };
}

uint64_t word_at(const struct params *params, const uint8_t *p)
{
	uint32_t narrow;
	uint64_t wide;

	if (params->pointer_size == 4) {
		memcpy(&narrow, p, sizeof(narrow));
		return params->big_endian ? be32toh(narrow) : le32toh(narrow);
	}
	memcpy(&wide, p, sizeof(wide));
	return params->big_endian ? be64toh(wide) : le64toh(wide);
}
