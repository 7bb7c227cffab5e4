/* SPDX-License-Identifier: MIT */
/*
 * The defaults of a schema as cells, ready for the builder.
 */
#ifndef STELE_SCHEMA_DEFAULT_H
#define STELE_SCHEMA_DEFAULT_H

#include <stele/builder.h>

#include "buffer.h"
#include "schema.h"

/*
 * One cell a field of the schema, UNSET where it has no default; *cells is the
 * caller's to free, and the texts that they point to are in *bytes.  -ENOMEM.
 */
int stele_schema_defaults(const struct stele_schema *schema,
			  struct stele_cell **cells,
			  struct stele_buffer *bytes);

#endif /* STELE_SCHEMA_DEFAULT_H */
