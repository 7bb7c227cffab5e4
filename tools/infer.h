/* SPDX-License-Identifier: MIT */
/*
 * The narrowest schema that holds all rows seen, as text.  stele(1), "Inferred
 * schemas", has the rules; shape.h the memory of what was seen.
 */
#ifndef STELE_TOOLS_INFER_H
#define STELE_TOOLS_INFER_H

#include <stele/error.h>

struct infer;
struct json_node;

/* NULL: no memory. */
struct infer *infer_create(void);
void infer_free(struct infer *infer);

/*
 * See another row.  err->offset is that of the value in the row's text.
 * -STELE_E_DUPLICATE: a key twice; -STELE_E_SYNTAX: no object; -ENOMEM.
 */
int infer_row(struct infer *infer, const struct json_node *row,
	      struct stele_error *err);

/* How many rows were seen. */
uint64_t infer_nr_rows(const struct infer *infer);

/*
 * A field that a table needs though no row was seen: an optional string at a
 * path of names with '.' between them.
 */
int infer_field(struct infer *infer, const char *path, size_t len);

/*
 * The text of the schema, whose rows are records called `name`; terminated; the
 * caller frees it.  -ENOMEM; -STELE_E_LIMIT: rows of more than 65,535 fields.
 */
int infer_print(struct infer *infer, const char *name, char **text,
		struct stele_error *err);

#endif /* STELE_TOOLS_INFER_H */
