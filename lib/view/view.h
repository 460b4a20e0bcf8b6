/*
 * lib/view/view.h: a record stream in, text out: the frame of every view.
 *
 *	view_open(&view, &cli, cli_file(&cli, argc, argv));
 *	while (view_next(&view, &record))
 *		...print to view.out...
 *	return view_close(&view);
 */
#ifndef GOHAT_VIEW_H
#define GOHAT_VIEW_H

#include "cli/cli.h"
#include "io/output.h"
#include "stream/stream.h"

struct view {
	struct stream_in in;
	struct output out; /* standard output */
	const struct cli *cli;
	const char *file;
	int status;   /* exit status so far */
	bool stopped; /* the rest of the stream is not wanted */
};

/* Start reading the stream in `file`, and print the header line that
 * cli->heading asks for. Exits, with a message, if there is
 * none there or if it lacks the contents that cli->contents asks for. */
void view_open(struct view *view, const struct cli *cli, const char *file);

/* The next record, the params first and the end record last. False at the
 * end, where the stream broke, or when writing failed. */
bool view_next(struct view *view, struct record *record);

/* What was asked for is printed: the next view_next() returns false. */
void view_stop(struct view *view);

/* Say what is wrong, by warnx()'s rules, and exit with 1 in the end. */
void view_warn(struct view *view, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Write out what is buffered, say what is missing, and return the exit
 * status for main(). */
int view_close(struct view *view);

#endif
