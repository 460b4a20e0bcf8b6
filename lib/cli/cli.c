#include "cli/cli.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/output.h"

#ifndef GOHAT_VERSION
#define GOHAT_VERSION "unknown"
#endif

enum { OPTIONS_MAX = 24 };

static const struct cli_option json_option = {
	'J', "json", NULL, "print JSON Lines, one object a row"
};
static const struct cli_option noheadings_option = { 'n', "noheadings", NULL,
						     "print no header line" };
static const struct cli_option common_options[] = {
	{ 'h', "help", NULL, "show this help and exit" },
	{ 'V', "version", NULL, "show the version and exit" },
};
/* For gohat and the shell's completion, not for people. */
enum { OPTION_ABOUT = 1, OPTION_PIPED };

const char *const cli_role_name[CLI_ROLES] = {
	[CLI_SOURCE] = "source",
	[CLI_FILTER] = "filter",
	[CLI_VIEW] = "view",
	[CLI_FRONT] = "front",
};

/* The rows of --help: the tool's own, then the common ones. */
static int all_options(const struct cli *cli,
		       const struct cli_option *rows[OPTIONS_MAX])
{
	int n = 0;

	for (const struct cli_option *o = cli->options; o && o->name; o++)
		rows[n++] = o;
	if (cli->heading)
		rows[n++] = &noheadings_option;
	if (cli->role == CLI_VIEW)
		rows[n++] = &json_option;
	rows[n++] = &common_options[0];
	rows[n++] = &common_options[1];
	return n;
}

void cli_finish_stdout(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(0);
	if (errno == EPIPE)
		output_die_of_sigpipe();
	err(EXIT_BAD_INPUT, "standard output");
}

static void print_option(const struct cli_option *option)
{
	char names[64], letter[] = { '-', option->letter, ',', ' ', '\0' };

	snprintf(names, sizeof(names), "%s--%s%s%s",
		 option->letter ? letter : "    ", option->name,
		 option->argument ? "=" : "",
		 option->argument ? option->argument : "");
	printf("  %-24s %s\n", names, option->help);
}

_Noreturn static void print_help(const struct cli *cli)
{
	const struct cli_option *rows[OPTIONS_MAX];
	int n = all_options(cli, rows);

	printf("Usage: %s [OPTION]...%s%s\n%s.\n\n",
	       program_invocation_short_name, *cli->operands ? " " : "",
	       cli->operands, cli->summary);
	for (int i = 0; i < n; i++)
		print_option(rows[i]);
	printf("\nMore in %s(1).\n", program_invocation_short_name);
	cli_finish_stdout();
}

/* Line 1: role, contents mode, summary. Then the options: letter or "-",
 * name, and "=" where it takes an argument. */
_Noreturn static void print_about(const struct cli *cli)
{
	const struct cli_option *rows[OPTIONS_MAX];
	int n = all_options(cli, rows);

	printf("%s %s %s\n", cli_role_name[cli->role],
	       contents_mode_name[cli->contents], cli->summary);
	for (int i = 0; i < n; i++)
		printf("%c %s %s\n", rows[i]->letter ? rows[i]->letter : '-',
		       rows[i]->name, rows[i]->argument ? "=" : "");
	cli_finish_stdout();
}

_Noreturn static void print_version(void)
{
	printf("%s (gohat) %s\n", program_invocation_short_name, GOHAT_VERSION);
	cli_finish_stdout();
}

/* getopt's two tables. A letter is an option's value, else its place is. */
static void make_tables(const struct cli *cli, char *letters,
			struct option *names)
{
	const struct cli_option *rows[OPTIONS_MAX];
	int n = all_options(cli, rows);

	for (int i = 0; i < n; i++) {
		const struct cli_option *row = rows[i];

		names[i] = (struct option){
			row->name,
			row->argument ? required_argument : no_argument, NULL,
			row->letter ? row->letter : CLI_LONG + i
		};
		if (row->letter)
			*letters++ = row->letter;
		if (row->letter && row->argument)
			*letters++ = ':';
	}
	names[n] = (struct option){ "about", no_argument, NULL, OPTION_ABOUT };
	names[n + 1] =
		(struct option){ "piped", no_argument, NULL, OPTION_PIPED };
	names[n + 2] = (struct option){ 0 };
	*letters = '\0';
}

_Noreturn static void try_help(void)
{
	fprintf(stderr, "Try '%s --help'\n", program_invocation_short_name);
	exit(EXIT_USAGE);
}

int cli_next(struct cli *cli, int argc, char **argv)
{
	char letters[2 * OPTIONS_MAX + 1];
	struct option names[OPTIONS_MAX + 3];
	int c;

	make_tables(cli, letters, names);
	/* Messages are to carry the name that help shows. */
	if (argc > 0)
		argv[0] = program_invocation_short_name;
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		switch (c) {
		case 'h':
			print_help(cli);
		case 'V':
			print_version();
		case OPTION_ABOUT:
			print_about(cli);
		case OPTION_PIPED:
			cli->piped = true;
			break;
		case '?':
			try_help();
		case 'J':
			if (cli->role != CLI_VIEW)
				return c;
			cli->json = true;
			break;
		case 'n':
			if (!cli->heading)
				return c;
			cli->noheadings = true;
			break;
		default:
			return c;
		}
	}
	return -1;
}

void cli_parse(struct cli *cli, int argc, char **argv)
{
	while (cli_next(cli, argc, argv) != -1)
		;
}

void cli_usage_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vwarnx(format, arguments);
	va_end(arguments);
	try_help();
}

const char *cli_file(const struct cli *cli, int argc, char **argv)
{
	if (optind + !cli->piped < argc)
		cli_usage_error("extra operand '%s'", argv[argc - 1]);
	return optind < argc ? argv[optind] : "-";
}

uint64_t cli_number(const char *what, const char *text, uint64_t min,
		    uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno ||
	    value < min || value > max)
		cli_usage_error("%s: '%s' is not a number from %llu to %llu",
				what, text, (unsigned long long)min,
				(unsigned long long)max);
	return value;
}

uint64_t cli_address(const char *text)
{
	const char *digits = text;
	uint64_t value;

	if (strncmp(digits, "0x", 2) == 0 || strncmp(digits, "0X", 2) == 0)
		digits += 2;
	errno = 0;
	value = strtoull(digits, NULL, 16);
	if (strspn(digits, "0123456789abcdefABCDEF") != strlen(digits) ||
	    *digits == '\0' || errno)
		cli_usage_error("'%s' is not a hexadecimal address", text);
	return value;
}

const char *cli_file_name(const char *file)
{
	return strcmp(file, "-") == 0 ? "standard input" : file;
}

int cli_open(const char *file)
{
	int fd = STDIN_FILENO;

	if (strcmp(file, "-") != 0) {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err(EXIT_BAD_INPUT, "%s", file);
	} else if (isatty(fd)) {
		cli_usage_error("standard input is a terminal: name a file, "
				"or pipe one in");
	}
	return fd;
}

void cli_refuse_terminal(const char *what)
{
	if (isatty(STDOUT_FILENO))
		cli_usage_error("%s would go to a terminal: pipe it into "
				"another program, or into a file",
				what);
}
