/*
 * gohat-strings: the text in a heap, as strings(1) finds it in a file.
 *
 *	gohat-decode heap.dump | gohat-strings | sort | uniq -c | sort -rn
 */
#include <getopt.h>
#include <string.h>

#include "view/json.h"
#include "view/text.h"
#include "view/view.h"

enum { MIN_MAX = 4096 };

static struct {
	uint64_t min; /* characters */
	bool addresses;
	bool roots;
	bool json;
} option = { .min = 4 };

/* Text met so far: kept up to the shortest wanted, then printed as it comes,
 * since a string may be larger than memory. */
static struct {
	uint64_t address; /* of its first byte */
	uint64_t len;	  /* bytes */
	uint64_t count;	  /* characters */
	bool printing;
	struct json json;
	uint8_t held[MIN_MAX * CHARACTER_MAX];
} run;

/* Most of a heap: zeros and small numbers. */
static inline bool is_control(uint8_t byte)
{
	return byte == 127 ||
	       (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r');
}

static bool is_text(const uint8_t *p, struct character character)
{
	return character.printable || (*p < 128 && !is_control(*p));
}

static size_t control_length(struct bytes bytes, size_t i)
{
	size_t start = i;

	while (i < bytes.len && is_control(bytes.data[i]))
		i++;
	return i - start;
}

static void print_text(struct output *out, const uint8_t *p, size_t len)
{
	struct text text = { (const char *)p, len };

	if (option.json)
		json_string_text(&run.json, text);
	else
		text_escaped(out, text);
}

static void start_printing(struct output *out)
{
	run.printing = true;
	if (option.json) {
		run.json = json_begin(out);
		json_address(&run.json, "address", run.address);
		json_string_begin(&run.json, "string");
	} else if (option.addresses) {
		text_address(out, run.address);
		text_char(out, ' ');
	}
	print_text(out, run.held, run.len);
}

static void end_run(struct output *out)
{
	if (run.printing && option.json) {
		json_string_end(&run.json);
		json_uint(&run.json, "bytes", run.len);
		json_end(&run.json);
	} else if (run.printing) {
		text_char(out, '\n');
	}
	run.printing = false;
	run.len = run.count = 0;
}

/* `count` characters of text more, in `len` bytes. */
static void add(struct output *out, const uint8_t *p, size_t len, size_t count,
		uint64_t address)
{
	if (run.count == 0)
		run.address = address;
	run.count += count;
	if (!run.printing && run.count >= option.min)
		start_printing(out);
	if (run.printing)
		print_text(out, p, len);
	else
		memcpy(run.held + run.len, p, len);
	run.len += len;
}

/* Returns how many bytes at the end may be the start of a character. */
static size_t scan(struct output *out, struct bytes bytes, uint64_t address)
{
	struct character character;
	size_t n;

	for (size_t i = 0; i < bytes.len; i += n) {
		n = character_ascii(bytes.data + i, bytes.len - i);
		if (n > 0) {
			add(out, bytes.data + i, n, n, address + i);
			continue;
		}
		n = control_length(bytes, i);
		if (n > 0) {
			end_run(out);
			continue;
		}
		character = character_at(bytes.data + i, bytes.len - i);
		n = character.len;
		if (character.incomplete)
			return bytes.len - i;
		if (is_text(bytes.data + i, character))
			add(out, bytes.data + i, n, 1, address + i);
		else
			end_run(out);
	}
	return 0;
}

/* Where a character's bytes are in two chunks they are put together. */
static void scan_chunks(struct output *out, struct record *record,
			uint64_t address)
{
	uint8_t joined[CHUNK_SIZE + CHARACTER_MAX];
	struct bytes chunk, bytes;
	size_t left = 0;

	while (record_chunk(record, &chunk) > 0) {
		while (chunk.len > 0) {
			size_t n =
				chunk.len < CHUNK_SIZE ? chunk.len : CHUNK_SIZE;
			memcpy(joined + left, chunk.data, n);
			bytes = (struct bytes){ joined, left + n };
			left = scan(out, bytes, address);
			address += bytes.len - left;
			memmove(joined, joined + bytes.len - left, left);
			chunk.data += n;
			chunk.len -= n;
		}
	}
}

static void scan_record(struct output *out, struct record *record)
{
	const struct memory *memory = record_memory(record);
	uint64_t address = record->segment.address;

	if (record->kind == RECORD_OBJECT)
		address = record->object.address;
	else if (record->kind == RECORD_STACKFRAME)
		address = record->stackframe.sp;
	if (!memory || (record->kind != RECORD_OBJECT && !option.roots))
		return;
	if (record->chunks)
		scan_chunks(out, record, address);
	else
		(void)scan(out, memory->contents, address);
	end_run(out);
}

int main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'a', "addresses", NULL,
		  "put its address before each string" },
		{ 'n', "min", "MIN", "the fewest characters of one (4)" },
		{ 'r', "roots", NULL,
		  "search stacks, data and bss, too, not only the heap" },
		{ 0 },
	};
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_ALL,
		.summary = "Print the text in a Go heap dump",
		.operands = "[FILE]",
		.options = options,
	};
	struct view view;
	struct record record;
	int c;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		if (c == 'a')
			option.addresses = true;
		else if (c == 'r')
			option.roots = true;
		else
			option.min = cli_number("--min", optarg, 1, MIN_MAX);
	}
	option.json = cli.json;
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record))
		scan_record(&view.out, &record);
	return view_close(&view);
}
