/*
 * lib/cli/about.h: what another gohat program says of itself.
 *
 * Every program answers --about (lib/cli/cli.c prints it), so the front end
 * needs no list of them: a gohat-NAME of anybody's, found on PATH, is a view
 * as ours are. One that does not answer is taken for a view of everything.
 */
#ifndef GOHAT_ABOUT_H
#define GOHAT_ABOUT_H

#include <getopt.h>

#include "cli/cli.h"

enum { ABOUT_OPTIONS_MAX = 32 };

struct about {
	const char *role;  /* "view"; empty: it did not answer */
	char contents[16]; /* "all", "pointers", "none" */
	char summary[128];
	/* For getopt_long(), operands in order. Values: a letter, or 1000
	 * and up. */
	char letters[3 * ABOUT_OPTIONS_MAX];
	struct option options[ABOUT_OPTIONS_MAX + 1];
	char text[4096]; /* what it printed, cut up: owns the names */
};

/* Ask the program at `path`, and wait for its answer. */
void about_program(struct about *about, const char *path);

/*
 * The path of program "gohat-NAME": beside this one, else on PATH. NULL if
 * there is none. The caller owns it.
 */
char *about_find(const char *name);

/* The paths of all such programs, in the same order; NULL ends them. Of two
 * of one name the later is the shadowed one. The caller owns them. */
char **about_find_all(void);

#endif
