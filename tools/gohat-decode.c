/*
 * gohat-decode: a Go heap dump in, the record stream out.
 *
 *	ssh prod 'cat /tmp/heap.dump' | gohat-decode | gohat-objects
 */
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "dump/dump.h"
#include "stream/stream.h"

static struct dump dump;
static struct stream_out out;

static enum contents_mode parse_mode(const char *text)
{
	for (int mode = CONTENTS_ALL; mode <= CONTENTS_NONE; mode++)
		if (strcmp(text, contents_mode_name[mode]) == 0)
			return (enum contents_mode)mode;
	cli_usage_error("--contents: '%s' is none of all, pointers, none",
			text);
}

/* The runtime counted its objects too: a dump that disagrees was damaged, or
 * is of a Go version that has news for us. Go 1.3 counts its stacks in. */
static void compare_memstats(const char *file, const struct memstats *stats)
{
	if (dump.format > 3 &&
	    (stats->heap_objects != out.counts[RECORD_OBJECT] ||
	     stats->heap_alloc != out.object_bytes))
		warnx("%s: warning: %" PRIu64 " objects of %" PRIu64
		      " bytes, but the runtime counted %" PRIu64 " of %" PRIu64,
		      file, out.counts[RECORD_OBJECT], out.object_bytes,
		      stats->heap_objects, stats->heap_alloc);
}

/* Returns whether the dump was whole and could be written. */
static bool decode(const char *file)
{
	struct record record;

	while (dump_next(&dump, &record) > 0) {
		if (record.kind == RECORD_MEMSTATS)
			compare_memstats(file, &record.memstats);
		if (stream_put(&out, &record) < 0)
			break;
	}
	progress_end();
	if (stream_out_close(&out) < 0) {
		warnx("standard output: %s", strerror(out.out.error));
		return false;
	}
	if (dump.cut > 0)
		warnx("%s: warning: the runtime wrote %" PRIu64 " large "
		      "object(s) short: what was behind 2 GiB is lost",
		      file, dump.cut);
	if (dump.broken)
		warnx("%s: broken at byte %" PRIu64
		      ": %s; everything before it is in the stream",
		      file, dump.offset, dump.reason);
	return !dump.broken;
}

int main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'c', "contents", "MODE",
		  "all, pointers (of objects, only pointers) or none" },
		{ 0 },
	};
	struct cli cli = {
		.role = CLI_SOURCE,
		.summary = "Decode a Go heap dump into a record stream",
		.operands = "[DUMP]",
		.options = options,
	};
	enum contents_mode mode = CONTENTS_ALL;
	const char *file;
	int fd;

	while (cli_next(&cli, argc, argv) != -1)
		mode = parse_mode(optarg);
	file = cli_file(&cli, argc, argv);
	cli_refuse_terminal("a record stream");
	fd = cli_open(file);
	file = cli_file_name(file);

	if (dump_open(&dump, fd) < 0)
		errx(EXIT_BAD_INPUT, "%s: %s", file, dump.reason);
	dump.in.on_read = progress_start(fd);
	dump.params.contents = mode;
	stream_out_open(&out, STDOUT_FILENO);
	bool whole = decode(file);
	dump_close(&dump);
	return whole ? 0 : EXIT_BAD_INPUT;
}
