/*
 * gohat-params: what the dump says about the program and its machine.
 *
 *	gohat-decode --contents=none heap.dump | gohat-params
 */
#include <inttypes.h>

#include "view/json.h"
#include "view/text.h"
#include "view/view.h"

/* "Name: value", or "Name:" where there is none. */
static void print_text(struct output *out, const char *name, struct text text)
{
	text_string(out, name);
	if (text.len > 0)
		text_char(out, ' ');
	text_escaped(out, text);
	text_char(out, '\n');
}

/* The reference tool's lines, its colons as they were; ours behind them. */
static void print_params(struct output *out, const struct params *params)
{
	text_string(out,
		    params->big_endian ? "Big Endian\n" : "Little Endian\n");
	text_printf(out, "Pointer Size: %" PRIu64 "\n", params->pointer_size);
	if (params->channel_header_size)
		text_printf(out, "Channel Header Size: %" PRIu64 "\n",
			    params->channel_header_size);
	text_printf(out, "Heap Starting Address %" PRIx64 "\n",
		    params->heap_start);
	text_printf(out, "Heap Ending Address: %" PRIx64 "\n",
		    params->heap_end);
	if (params->architecture_code)
		text_printf(out, "Architecture: %" PRIu64 "\n",
			    params->architecture_code);
	else
		print_text(out, "Architecture:", params->architecture);
	print_text(out, "GOEXPERIMENT:", params->experiment);
	text_printf(out, "nCPU: %" PRIu64 "\n", params->cpus);
	print_text(out, "Dump Format:", params->format);
	if (params->architecture_code && params->architecture.len > 0)
		print_text(out, "GOARCH:", params->architecture);
	if (params->runtime.len > 0)
		print_text(out, "Go Version:", params->runtime);
}

static void print_json(struct output *out, const struct params *params)
{
	struct json json = json_begin(out);

	json_bool(&json, "big_endian", params->big_endian);
	json_uint(&json, "pointer_size", params->pointer_size);
	if (params->channel_header_size)
		json_uint(&json, "channel_header_size",
			  params->channel_header_size);
	json_address(&json, "heap_start", params->heap_start);
	json_address(&json, "heap_end", params->heap_end);
	json_text(&json, "architecture", params->architecture);
	if (params->architecture_code)
		json_uint(&json, "architecture_code",
			  params->architecture_code);
	json_text(&json, "experiment", params->experiment);
	json_uint(&json, "cpus", params->cpus);
	json_text(&json, "format", params->format);
	json_text(&json, "runtime",
		  params->runtime.len ? params->runtime : (struct text){ 0 });
	json_end(&json);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_NONE,
		.summary = "Show the parameters of a Go heap dump",
		.operands = "[FILE]",
	};
	struct view view;
	struct record record;

	cli_parse(&cli, argc, argv);
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	if (cli.json)
		print_json(&view.out, &view.in.params);
	else
		print_params(&view.out, &view.in.params);
	/* Whether the dump is whole is for its end to say. */
	while (view_next(&view, &record))
		;
	return view_close(&view);
}
