#include "cli/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct {
	uint64_t size; /* of the file, 0 where it is not known */
	double begin;
	double shown; /* when last; 0: never */
} progress;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void show(uint64_t offset)
{
	double time = now(), rate = 0;
	const double megabyte = 1e6;

	if (time - progress.begin < 0.5 || time - progress.shown < 0.2)
		return;
	progress.shown = time;
	rate = (double)offset / (time - progress.begin);
	fprintf(stderr, "\r\033[K%.0f MB", (double)offset / megabyte);
	if (progress.size >= offset && progress.size > 0)
		fprintf(stderr, " of %.0f MB, %.0f MB/s, %.0f s left",
			(double)progress.size / megabyte, rate / megabyte,
			(double)(progress.size - offset) / rate);
	else
		fprintf(stderr, ", %.0f MB/s", rate / megabyte);
	/* What a view prints to the same terminal begins its line. */
	fputc('\r', stderr);
	fflush(stderr);
}

void (*progress_start(int fd))(uint64_t offset)
{
	struct stat file;

	if (!isatty(STDERR_FILENO))
		return NULL;
	if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode))
		progress.size = (uint64_t)file.st_size;
	progress.begin = now();
	return show;
}

void progress_end(void)
{
	if (progress.shown > 0)
		fputs("\r\033[K", stderr);
	progress.shown = 0;
}
