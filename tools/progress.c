/* SPDX-License-Identifier: MIT */
/*
 * The bar is one line that is drawn over itself, at most ten times a second.
 */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_CELLS 40
#define DRAW_NS 100000000ull

void progress_start(struct progress *progress)
{
	memset(progress, 0, sizeof(*progress));
	progress->shown = isatty(STDERR_FILENO);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void progress_step(struct progress *progress, const char *step, uint64_t done,
		   uint64_t all)
{
	static const char full[] = "########################################";
	unsigned percent = 0;
	uint64_t now;
	int cells;

	if (!progress->shown)
		return;
	if (all)
		percent = done >= all ?
				  100 :
				  (unsigned)((double)done / (double)all * 100);
	now = now_ns();
	if (progress->step == step &&
	    (progress->percent == percent || now < progress->next_ns))
		return;
	progress->step = step;
	progress->percent = percent;
	progress->next_ns = now + DRAW_NS;
	cells = (int)(percent * BAR_CELLS / 100);
	fprintf(stderr, "\r%-10s [%.*s%*s] %3u %%", step, cells, full,
		BAR_CELLS - cells, "", percent);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->step)
		fputs("\r\033[K", stderr);
	progress->step = NULL;
}
