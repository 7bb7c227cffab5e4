/* SPDX-License-Identifier: MIT */
/*
 * A segment by one schema and a reader with another, for tests of views.
 * Failures of the helper itself end the program.
 */
#ifndef PAIR_H
#define PAIR_H

#include <stele/stele.h>

struct pair {
	struct stele_schema *stored;
	struct stele_schema *reader;
	struct stele_builder *builder;
	struct stele_segment *segment; /* once sealed */
	struct stele_view *view; /* once opened */
	int fd;
};

struct stele_schema *pair_parse(const char *text);

/* Begin to build a segment of a schema; rows are the caller's to add. */
void pair_begin(struct pair *pair, const char *stored);
void pair_seal(struct pair *pair);

/* Open a view with another schema: what stele_view_open() returns. */
int pair_open(struct pair *pair, const char *reader, struct stele_error *err);

/* The i-th row. */
struct stele_record pair_row(const struct pair *pair, unsigned i);

void pair_end(struct pair *pair);

#endif /* PAIR_H */
