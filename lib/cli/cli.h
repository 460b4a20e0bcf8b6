/*
 * lib/cli/cli.h: what every command line has in common.
 *
 * A tool describes itself and its options in one table. --help, --version,
 * usage errors, and --about, by which the front end learns what a tool is
 * and needs, come from that. Messages are err(3)'s: "gohat-x: what: detail".
 * Exit status: 0 done, 1 bad input or a failed read or write, 2 usage.
 */
#ifndef GOHAT_CLI_H
#define GOHAT_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

enum {
	EXIT_BAD_INPUT = 1,
	EXIT_USAGE = 2,
};

/* What a tool does with a record stream. */
enum cli_role {
	CLI_SOURCE, /* writes one */
	CLI_FILTER, /* reads one, writes one */
	CLI_VIEW,   /* reads one, writes something else; has --json */
	CLI_FRONT,  /* runs the others */
	CLI_ROLES,
};

/* "source", "filter", "view", "front". */
extern const char *const cli_role_name[CLI_ROLES];

struct cli_option {
	char letter;	      /* 0: a long name only, known by its place */
	const char *name;     /* NULL ends the table */
	const char *argument; /* NULL: it takes none */
	const char *help;
};

/* What cli_next() returns for an option without a letter, by its place. */
enum { CLI_LONG = 256 };

struct cli {
	enum cli_role role;
	enum contents_mode contents; /* what a view or filter wants to see */
	bool any_contents;	     /* it works with less, too */
	const char *summary;	     /* one line for --help and gohat */
	const char *operands;	     /* "[FILE]" */
	const char *heading; /* a view's header line, or NULL: it has none */
	const struct cli_option *options; /* but the common ones; or NULL */

	bool json;	 /* --json was given */
	bool noheadings; /* so was --noheadings, which is for a heading */
	bool piped;	 /* gohat started it, behind a decoder */
};

/*
 * The next option: its letter, or CLI_LONG + its place in the table; -1
 * behind the last. The argument is in optarg, operands start at optind.
 * Common options are done here; --help, --version, --about and bad usage
 * end the process.
 */
int cli_next(struct cli *cli, int argc, char **argv);

/* For a tool without options of its own: go over the common ones. */
void cli_parse(struct cli *cli, int argc, char **argv);

/* Bad usage: the message, where to find help, and exit. */
_Noreturn void cli_usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* The operand behind all others: a file to read, "-" if there is none. More
 * operands are bad usage; where gohat started the tool, any. */
const char *cli_file(const struct cli *cli, int argc, char **argv);

/* `text` as a number from `min` to `max`; anything else is bad usage. */
uint64_t cli_number(const char *what, const char *text, uint64_t min,
		    uint64_t max);

/* `text` as an address, in hexadecimal with or without 0x. */
uint64_t cli_address(const char *text);

/* Open `file` for reading, "-" being standard input, which must not be a
 * terminal. Returns the descriptor; exits if there is none. */
int cli_open(const char *file);

/* "standard input", or the name of the file. */
const char *cli_file_name(const char *file);

/* End the process, with standard output (stdio's) written: a full disk is an
 * error for --help, too. */
_Noreturn void cli_finish_stdout(void);

/* Refuse to write binary to standard output where that is a terminal. */
void cli_refuse_terminal(const char *what);

#endif
