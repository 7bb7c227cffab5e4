/* SPDX-License-Identifier: MIT */
/*
 * Pieces of schema text that the printer, fingerprints and messages share.
 */
#ifndef STELE_SCHEMA_PRINT_H
#define STELE_SCHEMA_PRINT_H

#include "schema.h"
#include "text.h"

/* A type as text; `target` writes what a record, a
 * reference or a user type is called. */
struct stele_type_printer {
	struct stele_text *out;
	const struct stele_schema *schema;
	void (*target)(struct stele_type_printer *printer,
		       const struct stele_fmt_type *type);
};

/* Depth is at most STELE_MAX_TYPE_DEPTH in a checked schema. */
void stele_type_print(struct stele_type_printer *printer, uint32_t type);

/* A type as schemas write it. */
void stele_type_put(struct stele_text *out, const struct stele_schema *schema,
		    uint32_t type);

#endif /* STELE_SCHEMA_PRINT_H */
