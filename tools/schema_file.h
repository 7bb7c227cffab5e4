/* SPDX-License-Identifier: MIT */
/*
 * Schemas that the user names: a text in a file, or what stands in a segment.
 */
#ifndef STELE_TOOLS_SCHEMA_FILE_H
#define STELE_TOOLS_SCHEMA_FILE_H

#include "command.h"

/*
 * Parse the text in a file.  0, or an exit code after a report; *schema is the
 * caller's.
 */
int schema_file_parse(const struct command *command, const char *path,
		      struct stele_schema **schema);

struct schema_source {
	const struct stele_schema *schema;
	struct stele_schema *parsed; /* owned; NULL: of a segment */
	struct stele_segment *segment; /* owned; NULL: of a text */
};

/*
 * The schema of a word: a text where it ends in ".schema", else a segment as of
 * command_open().  0, or an exit code after a report.
 */
int schema_source_open(const struct command *command, const char *word,
		       struct schema_source *source);
void schema_source_close(struct schema_source *source);

#endif /* STELE_TOOLS_SCHEMA_FILE_H */
