/* SPDX-License-Identifier: MIT */
/*
 * A schema in memory: the schema section's image in a private copy, with a
 * pointer to each of its arrays.  schema_text.c reads text and schema_resolve.c
 * makes an image of it, schema_load.c checks one from a segment; after that
 * every index and string in it is proved, so the rest of the library uses them
 * without checks.
 */
#ifndef STELE_SCHEMA_PRIVATE_H
#define STELE_SCHEMA_PRIVATE_H

#include <stele/schema.h>

#include "format.h"
#include "schema_names.h"

#define STELE_MAX_FIELDS 65535u /* of a record */
#define STELE_MAX_NAME_BYTES 65535u /* of a record, field or table */
#define STELE_MAX_TYPE_DEPTH 64u /* types within types: list<u8> is 2 */
#define STELE_MAX_KEY_PATHS 255u /* of a table */
#define STELE_MAX_KEY_STEPS 64u /* of a path */

struct stele_schema {
	uint8_t *image; /* owned */
	size_t image_bytes;
	const struct stele_fmt_schema_head *head;
	const struct stele_fmt_record *records;
	const struct stele_fmt_field *fields;
	const struct stele_fmt_type *types;
	const struct stele_fmt_decl *tables;
	const uint32_t *steps;
	const char *pool;
	/*
	 * Owned: records, tables, then the fields of each record, sorted by
	 * name; their numbers count within the kind or the record.
	 */
	struct stele_named *names;
};

/*
 * Check an untrusted image and copy it.  Proves counts, indexes, strings
 * (UTF-8), names (unique, well-formed), types (a REF's table is unique and over
 * its record), the layout of every record by computing it anew, fingerprints.
 * `offset` is where the image lies in its segment, for errors.
 */
int stele_schema_load(const void *image, size_t len, uint64_t offset,
		      struct stele_schema **schema, struct stele_error *err);

/* A schema with nothing in it.  -ENOMEM. */
int stele_schema_empty(struct stele_schema **schema);

/* A copy. */
int stele_schema_clone(const struct stele_schema *schema,
		       struct stele_schema **copy);

/* Point into an image of proved counts; the schema owns it from then on. */
void stele_schema_point(struct stele_schema *schema, uint8_t *image,
			size_t image_bytes);

/* Sort the names of an image of proved strings.  -ENOMEM. */
int stele_schema_index(struct stele_schema *schema);

static inline struct stele_str stele_schema_str(const struct stele_schema *s,
						struct stele_fmt_str str)
{
	struct stele_str out = { s->pool + str.off, str.len };

	return out;
}

/* Whether fields of this type are a value word in the record's body. */
static inline bool stele_type_is_word(unsigned kind)
{
	return kind >= STELE_TYPE_STR;
}

/*
 * The record that values of this type lead to, through lists and dicts: nested
 * or referred to by key; NONE for other types.
 */
uint32_t stele_schema_target(const struct stele_schema *schema, uint32_t type);

/* The k-th key path of a table: the count of its steps, then the steps. */
const uint32_t *stele_schema_path(const struct stele_schema *schema,
				  uint32_t table, uint32_t k);
/* The type in which that path ends. */
uint32_t stele_schema_key(const struct stele_schema *schema, uint32_t table,
			  uint32_t k);
/* The enum stele_fmt_key that a table of the schema has. */
unsigned stele_schema_key_type(const struct stele_schema *schema,
			       uint32_t table);

/* The enum stele_type of an enum stele_fmt_elem and back; -1: none. */
int stele_type_of_element(unsigned element);
int stele_element_of_type(unsigned type);

/* A name in a message: as much as leaves room for the rest; for %.*s. */
#define STELE_SHOWN(str) (int)((str).len < 80 ? (str).len : 80), (str).ptr

#endif /* STELE_SCHEMA_PRIVATE_H */
