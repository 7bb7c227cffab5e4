/* SPDX-License-Identifier: MIT */
/*
 * What stele build works on: build.c has options and rows, build_schema.c makes
 * the schema.
 */
#ifndef STELE_TOOLS_BUILD_H
#define STELE_TOOLS_BUILD_H

#include "command.h"
#include "progress.h"
#include "row_lines.h"
#include "rows.h"
#include "source.h"

struct build {
	const struct command *command;
	const char *output;
	const char *schema_path;
	const char *record_name;
	const char *input;
	const char **tables; /* NAME=FIELD[,FIELD][:KIND], checked */
	size_t nr_tables;
	enum source_format format;
	bool as_json;
	struct stele_build_options options;

	struct stele_schema *schema;
	uint32_t record; /* of rows, ROWS_NONE: not known */
	struct source source;
	struct progress progress;
	struct stele_builder *builder;
	struct rows *rows;
	struct row_lines lines;
};

/*
 * Report a failure: file:line: offset N: reason, as far as they are known.
 * Returns the exit code.
 */
int build_fail_at(struct build *build, const char *file, int code,
		  const struct stele_error *err);
/* The same for the input. */
int build_fail_input(struct build *build, int code,
		     const struct stele_error *err);

/* The same for the row at hand, with its line; err->offset counts in the row. */
int build_fail_row(struct build *build, int code, struct stele_error *err);

/*
 * Make build->schema, from its file or by inferring it, with what the command line
 * adds, and find build->record.  0, or an exit code after a report.
 */
int build_make_schema(struct build *build);

#endif /* STELE_TOOLS_BUILD_H */
