/* SPDX-License-Identifier: MIT */
/*
 * What a reader with one schema sees in a segment of another.
 */
#ifndef STELE_TOOLS_SCHEMA_CHECK_H
#define STELE_TOOLS_SCHEMA_CHECK_H

#include "command.h"

/*
 * A line for each record, field and table, its verdict and why; as_json: a JSON
 * object each.  COMMAND_ABSENT where something is refused.
 */
int schema_check(const struct command *command, const char *stored,
		 const char *reader, bool as_json);

#endif /* STELE_TOOLS_SCHEMA_CHECK_H */
