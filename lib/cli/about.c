#include "cli/about.h"

#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PATIENCE_MS = 1000 }; /* with a program that is not of ours */

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static int time_left(double start)
{
	double left = start + PATIENCE_MS - now_ms();

	return left > 0 ? (int)left : 0;
}

/* The output of `path --about`, as far as it fits; its input is empty. */
static void read_about(const char *path, char *text, size_t size)
{
	char *argv[] = { (char *)path, (char *)"--about", NULL };
	posix_spawn_file_actions_t actions;
	int fds[2], status = -1;
	struct pollfd answer = { .events = POLLIN };
	const double start = now_ms();
	ssize_t n = -1;
	size_t len = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(EXIT_BAD_INPUT, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, path, &actions, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	answer.fd = fds[0];
	while (len < size - 1 && poll(&answer, 1, time_left(start)) > 0 &&
	       (n = read(fds[0], text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	close(fds[0]);
	if (pid > 0 && n != 0)
		(void)kill(pid, SIGKILL);
	if (pid > 0)
		(void)waitpid(pid, &status, 0);
	text[status == 0 ? len : 0] = '\0';
}

/* A line "LETTER NAME [=]". */
static void add_option(struct about *about, char *line, int n)
{
	char *name = line + 2, *argument = strchr(name, ' ');
	char *letters = about->letters + strlen(about->letters);

	if (argument)
		*argument++ = '\0';
	about->options[n] = (struct option){
		name,
		argument && *argument == '=' ? required_argument : no_argument,
		NULL, *line == '-' ? 1000 + n : *line
	};
	if (*line != '-')
		snprintf(letters, 3, "%c%s", *line,
			 about->options[n].has_arg ? ":" : "");
}

/* "ROLE CONTENTS SUMMARY", of roles that there are; nothing is kept of a
 * line that is no such. */
static bool parse_head(struct about *about, const char *line)
{
	char role[16];

	if (sscanf(line, "%15s %15s %127[^\n]", role, about->contents,
		   about->summary) == 3)
		for (int i = 0; i < CLI_ROLES; i++)
			if (strcmp(role, cli_role_name[i]) == 0)
				about->role = cli_role_name[i];
	if (*about->role)
		return true;
	*about->contents = *about->summary = '\0';
	return false;
}

void about_program(struct about *about, const char *path)
{
	char *rest, *line;
	int n = 0;

	*about = (struct about){ .role = "", .letters = "-" };
	read_about(path, about->text, sizeof(about->text));
	rest = about->text;
	line = strsep(&rest, "\n");
	if (!parse_head(about, line))
		return;
	while (n < ABOUT_OPTIONS_MAX && (line = strsep(&rest, "\n")) != NULL)
		if (strlen(line) > 2)
			add_option(about, line, n++);
}

/* Where this program is, then PATH, with colons between. */
static char *search_path(void)
{
	char self[4096], *path = NULL, *slash;
	const char *rest = getenv("PATH");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	if (asprintf(&path, "%s:%s", self, rest ? rest : "") < 0)
		err(EXIT_BAD_INPUT, "PATH");
	return path;
}

/* The programs that `pattern` names in each directory of the search path. */
static char **find_programs(const char *pattern)
{
	char *path = search_path(), *rest = path, *directory, *whole;
	glob_t found = { 0 };
	int flags = 0;

	while ((directory = strsep(&rest, ":")) != NULL) {
		if (*directory == '\0')
			continue;
		if (asprintf(&whole, "%s/%s", directory, pattern) < 0)
			err(EXIT_BAD_INPUT, "PATH");
		if (glob(whole, flags, NULL, &found) == 0)
			flags = GLOB_APPEND;
		free(whole);
	}
	free(path);
	return found.gl_pathv;
}

char **about_find_all(void)
{
	return find_programs("gohat-*");
}

char *about_find(const char *name)
{
	char pattern[256], **paths;

	if (strpbrk(name, "/*?[\\") ||
	    snprintf(pattern, sizeof(pattern), "gohat-%s", name) >=
		    (int)sizeof(pattern))
		return NULL;
	paths = find_programs(pattern);
	return paths ? paths[0] : NULL;
}
