/*
 * gohat-memstats: runtime.MemStats as it was when the dump was taken.
 *
 *	gohat-decode --contents=none heap.dump | gohat-memstats
 */
#include "view/json.h"
#include "view/text.h"
#include "view/view.h"

/* A row without an offset starts a section: Go's documentation has them. */
static const struct row {
	const char *name;
	size_t offset; /* in struct memstats, plus 1 */
} rows[] = {
#define ROW(NAME, MEMBER)                                                      \
	{                                                                      \
		NAME, offsetof(struct memstats, MEMBER) + 1                    \
	}
	{ "General statistics", 0 },
	ROW("Alloc", alloc),
	ROW("TotalAlloc", total_alloc),
	ROW("Sys", sys),
	ROW("Lookups", lookups),
	ROW("Mallocs", mallocs),
	ROW("Frees", frees),
	{ "Main allocation heap statistics", 0 },
	ROW("HeapAlloc", heap_alloc),
	ROW("HeapSys", heap_sys),
	ROW("HeapIdle", heap_idle),
	ROW("HeapInuse", heap_inuse),
	ROW("HeapReleased", heap_released),
	ROW("HeapObjects", heap_objects),
	{ "Low-level fixed-size structure allocator statistics", 0 },
	ROW("StackInuse", stack_inuse),
	ROW("StackSys", stack_sys),
	ROW("MSpanInuse", mspan_inuse),
	ROW("MSpanSys", mspan_sys),
	ROW("MCacheInuse", mcache_inuse),
	ROW("MCacheSys", mcache_sys),
	ROW("BuckHashSys", buckhash_sys),
	ROW("GCSys", gc_sys),
	ROW("OtherSys", other_sys),
	{ "Garbage collector statistics", 0 },
	ROW("NextGC", next_gc),
	ROW("LastGC", last_gc),
	ROW("PauseTotalNs", pause_total_ns),
	ROW("NumGC", num_gc),
};

static uint64_t value_of(const struct row *row, const struct memstats *stats)
{
	return *(const uint64_t *)((const char *)stats + row->offset - 1);
}

static void print_stats(struct output *out, const struct memstats *stats)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].offset == 0 && i > 0)
			text_char(out, '\n');
		text_string(out, rows[i].name);
		if (rows[i].offset > 0) {
			text_string(out, ": ");
			text_uint(out, value_of(&rows[i], stats));
		}
		text_char(out, '\n');
	}
	text_string(out, "Last GC Pauses:\n[");
	for (size_t i = 0; i < stats->pause_ns.len; i++) {
		if (i > 0)
			text_char(out, ' ');
		text_uint(out, stats->pause_ns.data[i]);
	}
	text_string(out, "]\n");
}

static void print_json(struct output *out, const struct memstats *stats)
{
	struct json json = json_begin(out);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].offset > 0)
			json_uint(&json, rows[i].name,
				  value_of(&rows[i], stats));
	json_open(&json, "PauseNs", '[');
	for (size_t i = 0; i < stats->pause_ns.len; i++)
		json_uint(&json, NULL, stats->pause_ns.data[i]);
	json_shut(&json, ']');
	json_end(&json);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_NONE,
		.summary = "Show the memory statistics of a Go heap dump",
		.operands = "[FILE]",
	};
	struct view view;
	struct record record;
	bool found = false;

	cli_parse(&cli, argc, argv);
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record)) {
		if (record.kind != RECORD_MEMSTATS)
			continue;
		found = true;
		if (cli.json)
			print_json(&view.out, &record.memstats);
		else
			print_stats(&view.out, &record.memstats);
	}
	if (!found)
		view_warn(&view, "%s: no memory statistics in the dump",
			  view.file);
	return view_close(&view);
}
