/* SPDX-License-Identifier: MIT */
/*
 * A C header for the rows of a schema: schema_header.c frames it,
 * schema_getter.c has a getter for each field, schema_lookup.c a lookup for each
 * table.
 */
#ifndef STELE_TOOLS_SCHEMA_HEADER_H
#define STELE_TOOLS_SCHEMA_HEADER_H

#include "command.h"

/*
 * Print the header; `name` is what the user called the schema, which names what
 * the header declares where `prefix` is NULL.  0, or an exit code after a report:
 * COMMAND_USAGE for a prefix that C can't use, COMMAND_INPUT where two names of
 * the schema would be one name of C.
 */
int schema_header(const struct command *command, const char *name,
		  const struct stele_schema *schema, const char *prefix);

/* ------------------------------------------------- between the files */

/*
 * The getter of a field, which is number `at` of all; `type` is its type's text.
 * -ENOMEM.
 */
int schema_getter_print(const struct stele_schema *schema, const char *prefix,
			const struct stele_finding *finding, uint32_t at);

/* What stele_view_field_at() is asked for: "STELE_TYPE_U64". */
void schema_getter_print_asked(enum stele_type type);

/* The lookup by a table.  -ENOMEM. */
int schema_lookup_print(const struct stele_schema *schema, const char *prefix,
			uint32_t table);

#endif /* STELE_TOOLS_SCHEMA_HEADER_H */
