/* SPDX-License-Identifier: MIT */
/*
 * Runs in the order of the input.  A lookup goes through all of them: it is asked
 * once, for a message.
 */
#include "row_lines.h"

#include <stdlib.h>
#include <string.h>

#define MAX_RUNS ((size_t)1 << 18) /* 6 MiB */

static struct row_run *next_run(struct row_lines *lines)
{
	size_t room = lines->room ? lines->room * 2 : 16;
	struct row_run *runs;

	if (lines->nr < lines->room)
		return &lines->runs[lines->nr++];
	if (lines->nr == MAX_RUNS)
		return NULL;
	runs = realloc(lines->runs, room * sizeof(*runs));
	if (!runs) /* a message will have less to say */
		return NULL;
	lines->runs = runs;
	lines->room = room;
	return &runs[lines->nr++];
}

void row_lines_add(struct row_lines *lines, uint64_t row, uint64_t line)
{
	struct row_run *run = lines->nr ? &lines->runs[lines->nr - 1] : NULL;

	if (run && row == run->row + run->nr && line == run->line + run->nr) {
		run->nr++;
		return;
	}
	run = next_run(lines);
	if (run)
		*run = (struct row_run){ row, line, 1 };
}

uint64_t row_lines_find(const struct row_lines *lines, uint64_t row)
{
	for (size_t i = 0; i < lines->nr; i++)
		if (row - lines->runs[i].row < lines->runs[i].nr)
			return lines->runs[i].line + (row - lines->runs[i].row);
	return 0;
}

void row_lines_free(struct row_lines *lines)
{
	free(lines->runs);
	memset(lines, 0, sizeof(*lines));
}
