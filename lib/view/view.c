#include "view/view.h"

#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "view/text.h"

/* A reason may quote the stream, and so the dump. */
static void warn_stream(struct view *view, const char *what)
{
	char reason[sizeof(view->in.reason) + 64];

	view_warn(view, "%s: %s%s", view->file, what,
		  text_escape_into(reason, sizeof(reason), view->in.reason));
}

void view_open(struct view *view, const struct cli *cli, const char *file)
{
	int fd = cli_open(file);

	*view = (struct view){ .cli = cli, .file = cli_file_name(file) };
	if (stream_in_open(&view->in, fd) < 0) {
		/* Of nothing the decoder has told why. */
		if (!cli->piped || view->in.in.end > view->in.in.buf)
			warn_stream(view, "");
		_exit(EXIT_BAD_INPUT);
	}
	if (view->in.params.contents > cli->contents && !cli->any_contents)
		errx(EXIT_BAD_INPUT,
		     "%s: the stream has no contents for this: run "
		     "'gohat-decode --contents=%s'",
		     view->file, contents_mode_name[cli->contents]);
	output_open(&view->out, STDOUT_FILENO);
	if (cli->heading && !cli->noheadings && !cli->json)
		text_string(&view->out, cli->heading);
}

static void end_stream(struct view *view)
{
	if (!view->in.complete)
		warn_stream(view, "the dump is incomplete: ");
	if (view->in.cut > 0 && view->cli->contents == CONTENTS_ALL)
		view_warn(view,
			  "%s: the runtime wrote %" PRIu64 " large object(s) "
			  "short: what was behind 2 GiB is not in the dump",
			  view->file, view->in.cut);
}

bool view_next(struct view *view, struct record *record)
{
	if (view->stopped || view->out.error)
		return false;
	switch (stream_next(&view->in, record)) {
	case 1:
		return true;
	case 0:
		end_stream(view);
		break;
	default:
		warn_stream(view, "the stream is incomplete: ");
	}
	view_stop(view);
	return false;
}

void view_stop(struct view *view)
{
	view->stopped = true;
}

void view_warn(struct view *view, const char *format, ...)
{
	va_list arguments;

	/* In their order, where both go to one place. */
	if (view->out.buf)
		(void)output_flush(&view->out);
	va_start(arguments, format);
	vwarnx(format, arguments);
	va_end(arguments);
	view->status = EXIT_BAD_INPUT;
}

int view_close(struct view *view)
{
	if (output_flush(&view->out) < 0) {
		warnx("standard output: %s", strerror(view->out.error));
		view->status = EXIT_BAD_INPUT;
	}
	output_close(&view->out);
	stream_in_close(&view->in);
	return view->status;
}
