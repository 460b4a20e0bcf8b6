/*
 * lib/cli/progress.h: how far reading has come, on a terminal only.
 */
#ifndef GOHAT_PROGRESS_H
#define GOHAT_PROGRESS_H

#include <stdint.h>

/* Start showing progress on standard error, if that is a terminal: returns
 * what to hang into an input's on_read, or NULL. `fd` is asked for the size
 * of its file. */
void (*progress_start(int fd))(uint64_t offset);

/* Clear the line, before anything else is written there. */
void progress_end(void);

#endif
