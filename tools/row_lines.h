/* SPDX-License-Identifier: MIT */
/*
 * Which line of the input each row of a build comes from.  Rows that follow each
 * other as their lines do take no memory of their own; where too many don't, the
 * rest is not known.
 */
#ifndef STELE_TOOLS_ROW_LINES_H
#define STELE_TOOLS_ROW_LINES_H

#include <stddef.h>
#include <stdint.h>

struct row_run {
	uint64_t row;
	uint64_t line;
	uint64_t nr;
};

/* Zero-initialised is empty. */
struct row_lines {
	struct row_run *runs;
	size_t nr;
	size_t room;
};

void row_lines_add(struct row_lines *lines, uint64_t row, uint64_t line);

/* 0: not known. */
uint64_t row_lines_find(const struct row_lines *lines, uint64_t row);

void row_lines_free(struct row_lines *lines);

#endif /* STELE_TOOLS_ROW_LINES_H */
