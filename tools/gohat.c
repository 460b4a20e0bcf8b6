/*
 * gohat: a view of a dump, by one command: builds the pipe
 *
 *	gohat-decode --contents=... DUMP | gohat-VIEW ARGUMENT...
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/about.h"

extern char **environ;

static bool is_shadowed(char **paths, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(basename(paths[j]), basename(paths[i])) == 0)
			return true;
	return false;
}

_Noreturn static void print_help(void)
{
	char **paths = about_find_all();
	struct about about;

	puts("Usage: gohat VIEW [OPTION]... DUMP [ARGUMENT]...\n"
	     "Show what a Go heap dump has: "
	     "gohat-decode DUMP | gohat-VIEW ARGUMENT...\n\n"
	     "Views ('gohat VIEW --help' shows the options of one):");
	for (size_t i = 0; paths && paths[i]; i++) {
		if (is_shadowed(paths, i))
			continue;
		about_program(&about, paths[i]);
		if (!*about.role || strcmp(about.role, "view") == 0)
			printf("  %-24s %s\n",
			       basename(paths[i]) + strlen("gohat-"),
			       about.summary);
	}
	puts("\n  -h, --help               show this help and exit\n"
	     "  -V, --version            show the version and exit\n\n"
	     "DUMP may be -: standard input. More in gohat(1).");
	cli_finish_stdout();
}

/* Whether an option makes the view end before it reads: help, or one that it
 * will complain about. */
static bool ends_view(const struct about *about, int c)
{
	const struct option *option = about->options;

	for (; option->name && c != '?'; option++)
		if (option->val == c)
			return strcmp(option->name, "help") == 0 ||
			       strcmp(option->name, "version") == 0;
	return c == '?' && *about->role;
}

/* Take the first operand out of `argv`, as the view's own options have it:
 * the dump. "-" if there is none; NULL if the view will not read it. */
static const char *take_dump(const struct about *about, int *argc, char **argv)
{
	const char *dump;
	int c, at;

	opterr = 0;
	optind = 0;
	while ((c = getopt_long(*argc, argv, about->letters, about->options,
				NULL)) != -1 &&
	       c != 1)
		if (ends_view(about, c))
			return NULL;
	at = c == 1 ? optind - 1 : optind;
	if (at >= *argc)
		return "-";
	dump = argv[at];
	memmove(argv + at, argv + at + 1, (size_t)(*argc - at) * sizeof(*argv));
	--*argc;
	return dump;
}

/* Start a program with `fds` as its standard input and output. */
static pid_t start(const char *path, char **argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	error = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		errx(EXIT_BAD_INPUT, "%s: %s", path, strerror(error));
	return pid;
}

/* How a program ended, as a shell says it. */
static int wait_for(pid_t pid, const char *path)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_BAD_INPUT, "%s", path);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) != SIGPIPE)
		warnx("%s was killed: %s", path, strsignal(WTERMSIG(status)));
	return 128 + WTERMSIG(status);
}

static int run(char **decode, char **view)
{
	pid_t decoder, viewer;
	int fds[2], decoded, viewed;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(EXIT_BAD_INPUT, "pipe");
	decoder = start(decode[0], decode, STDIN_FILENO, fds[1]);
	viewer = start(view[0], view, fds[0], STDOUT_FILENO);
	close(fds[0]);
	close(fds[1]);
	viewed = wait_for(viewer, view[0]);
	decoded = wait_for(decoder, decode[0]);
	/* A view may have seen enough. */
	if (decoded == 128 + SIGPIPE)
		decoded = 0;
	return viewed > decoded ? viewed : decoded;
}

/* One of ours is told that there is a decoder before it. */
static char **view_arguments(const struct about *about, int argc, char **argv)
{
	char **view = calloc((size_t)argc + 2, sizeof(*view));
	int n = 0;

	if (!view)
		err(EXIT_BAD_INPUT, "arguments");
	view[n++] = argv[0];
	if (*about->role)
		view[n++] = (char *)"--piped";
	memcpy(view + n, argv + 1, (size_t)argc * sizeof(*view));
	return view;
}

static int run_view(const char *name, int argc, char **argv)
{
	char contents[32],
		*decode[] = { NULL, contents, (char *)"--", NULL, NULL };
	const char *path = about_find(name);
	struct about about;
	char **view;
	int status;

	if (!path)
		cli_usage_error("no view '%s': there is no gohat-%s", name,
				name);
	about_program(&about, path);
	if (*about.role && strcmp(about.role, "view") != 0)
		cli_usage_error("gohat-%s is a %s, not a view: use it in a "
				"pipe",
				name, about.role);
	argv[0] = (char *)path;
	decode[3] = (char *)take_dump(&about, &argc, argv);
	if (!decode[3]) {
		execv(path, argv);
		err(EXIT_BAD_INPUT, "%s", path);
	}
	if (strcmp(decode[3], "-") == 0 && isatty(STDIN_FILENO))
		cli_usage_error("no dump named, and standard input is a "
				"terminal");
	snprintf(contents, sizeof(contents), "--contents=%s",
		 *about.role ? about.contents : "all");
	decode[0] = about_find("decode");
	if (!decode[0])
		errx(EXIT_BAD_INPUT, "there is no gohat-decode beside this "
				     "program or on PATH");
	view = view_arguments(&about, argc, argv);
	status = run(decode, view);
	free(view);
	return status;
}

/* A pipe must not get the number of a standard stream that is closed. What
 * reads or writes there fails as it would have. */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null",
				   fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.role = CLI_FRONT,
		.summary = "Show what a Go heap dump has",
		.operands = "VIEW DUMP [ARGUMENT]...",
	};

	hold_standard_streams();
	if (argc < 2)
		cli_usage_error("no view given");
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
		print_help();
	if (argv[1][0] == '-')
		cli_parse(&cli, 2, argv);
	return run_view(argv[1], argc - 1, argv + 1);
}
