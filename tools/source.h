/* SPDX-License-Identifier: MIT */
/*
 * Rows of an input, whatever its format: one tree a row, with the place it comes
 * from.
 */
#ifndef STELE_TOOLS_SOURCE_H
#define STELE_TOOLS_SOURCE_H

#include "csv_in.h"
#include "input.h"
#include "json_in.h"

enum source_format {
	SOURCE_NDJSON,
	SOURCE_CSV,
};

struct source {
	struct input input;
	enum source_format format;
	struct json_parser *json;
	struct csv_reader *csv;
	struct arena arena; /* of the row at hand */
	uint64_t line; /* of the row at hand */
	uint64_t offset; /* its first byte, or its line's */
	bool ended;
};

/* As input_open(). */
int source_open(struct source *source, const char *path,
		enum source_format format, bool twice, struct stele_error *err);

/*
 * The next row, valid until the call after.  -STELE_E_ABSENT behind the last.
 * Errors have their line and offset in the input.
 */
int source_next(struct source *source, struct json_node **row,
		struct stele_error *err);

int source_rewind(struct source *source, struct stele_error *err);

void source_close(struct source *source);

#endif /* STELE_TOOLS_SOURCE_H */
