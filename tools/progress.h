/* SPDX-License-Identifier: MIT */
/*
 * A progress bar on standard error, where that is a terminal; else silence.
 */
#ifndef STELE_TOOLS_PROGRESS_H
#define STELE_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	const char *step; /* of the line that stands there */
	unsigned percent;
	uint64_t next_ns; /* not drawn again before */
};

void progress_start(struct progress *progress);

/* Where a step is; all 0: not known how far. */
void progress_step(struct progress *progress, const char *step, uint64_t done,
		   uint64_t all);

/* Clear the line: before a message, and at the end. */
void progress_end(struct progress *progress);

#endif /* STELE_TOOLS_PROGRESS_H */
