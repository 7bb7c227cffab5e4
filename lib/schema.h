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
/*
 * Types of all fields, without those of fields themselves, each counted as often
 * as it is written; 8 bytes of a user type's name count as another.
 */
#define STELE_MAX_TYPE_PARTS (1u << 24)
#define STELE_MIN_FILTER 2u
#define STELE_MAX_FILTER ((1u << 24) - 1)
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

/* The fields of a record in order of their names. */
static inline struct stele_named *
stele_schema_by_name(const struct stele_schema *s, uint32_t record)
{
	return s->names + s->head->nr_records + s->head->nr_tables +
	       s->records[record].first_field;
}

/* The name of a USER type. */
static inline struct stele_str
stele_schema_user(const struct stele_schema *s,
		  const struct stele_fmt_type *type)
{
	struct stele_fmt_str name = { type->arg, type->arg2 };

	return stele_schema_str(s, name);
}

/* The types whose stele_type_width() is not 0, a bit each. */
#define STELE_RAW_TYPES                                              \
	((2ull << STELE_TYPE_DATETIME) - (1ull << STELE_TYPE_BOOL) + \
	 (1ull << STELE_TYPE_TIME) + (1ull << STELE_TYPE_ZONED) +    \
	 (1ull << STELE_TYPE_TIMEDELTA) + (1ull << STELE_TYPE_UUID))

/* Whether fields of this type are a value word in the record's body. */
static inline bool stele_type_is_word(unsigned kind)
{
	return kind >= 64 || !(STELE_RAW_TYPES >> kind & 1);
}

/*
 * The types that a type is made of, whose numbers are less than its own: the key
 * and the item of a dict, the item of a list or set, the items of a tuple.
 */
uint32_t stele_type_nr_parts(const struct stele_fmt_type *type);
uint32_t stele_type_part(const struct stele_schema *schema,
			 const struct stele_fmt_type *type, uint32_t i);

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

/* The N of a table that is a filter 1/N, 0: it is none. */
static inline uint32_t stele_decl_filter(const struct stele_fmt_decl *table)
{
	return table->flags & STELE_FMT_DECL_F_FILTER ?
		       table->flags >> STELE_FMT_DECL_RATE_SHIFT :
		       0;
}

/* A name in a message: as much as leaves room for the rest; for %.*s. */
#define STELE_SHOWN(str) (int)((str).len < 80 ? (str).len : 80), (str).ptr

#endif /* STELE_SCHEMA_PRIVATE_H */
