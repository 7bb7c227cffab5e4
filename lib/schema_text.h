/* SPDX-License-Identifier: MIT */
/*
 * A schema between its text and its image: what the parser read, with places,
 * names not yet looked up, strings in a heap of their own.  schema_text.c fills
 * it, schema_resolve.c makes the image.
 */
#ifndef STELE_SCHEMA_TEXT_H
#define STELE_SCHEMA_TEXT_H

#include "buffer.h"
#include "fail.h"
#include "schema.h"

struct stele_mark {
	uint32_t line;
	uint32_t column;
};

/* A name where it is used; its string is in the draft's pool. */
struct stele_draft_name {
	struct stele_fmt_str str;
	struct stele_mark mark;
};

/* A type as written.  LIST, SET, DICT: item, key; RECORD, REF, USER: name. */
struct stele_draft_type {
	uint8_t kind; /* enum stele_type */
	uint8_t flags; /* STELE_FMT_TYPE_F_... */
	uint16_t element; /* ARRAY, NDARRAY: enum stele_fmt_elem */
	uint32_t item; /* place in types; TUPLE: of the first in items */
	uint32_t key;
	struct stele_draft_name name;
	struct stele_mark mark;
};

/* An item of a tuple. */
struct stele_draft_item {
	uint32_t type; /* place in types */
	uint32_t next; /* place in items, NONE: the last */
	bool nullable;
};

struct stele_draft_field {
	struct stele_fmt_str doc;
	struct stele_fmt_str former;
	struct stele_fmt_str value; /* the literal as written */
	uint32_t type; /* place in types */
	uint32_t flags;
	struct stele_draft_name name;
	struct stele_mark former_mark;
	struct stele_mark value_mark;
};

struct stele_draft_record {
	struct stele_fmt_str doc;
	uint32_t first_field;
	uint32_t nr_fields;
	struct stele_draft_name name;
};

struct stele_draft_table {
	struct stele_fmt_str doc;
	struct stele_draft_name record;
	uint32_t flags; /* STELE_FMT_DECL_F_..., rate */
	uint32_t first_step;
	uint32_t nr_keys;
	struct stele_draft_name name;
};

/* Steps as in the image: a count (mark of the path), then names. */
struct stele_draft_step {
	uint32_t nr;
	struct stele_draft_name name;
};

struct stele_draft {
	struct stele_buffer records; /* struct stele_draft_record */
	struct stele_buffer fields;
	struct stele_buffer types;
	struct stele_buffer items; /* struct stele_draft_item */
	struct stele_buffer tables;
	struct stele_buffer steps;
	struct stele_buffer pool;
	struct stele_draft_name rows; /* line 0: none named */
	struct stele_error *err;
};

/* Read declarations into the draft, behind those it has. */
int stele_draft_read(struct stele_draft *draft, const char *text, size_t len);

/* Look up names, number types, check, lay out, fingerprint. */
int stele_draft_resolve(const struct stele_draft *draft,
			struct stele_schema **schema);

void stele_draft_free(struct stele_draft *draft);

static inline struct stele_str stele_draft_str(const struct stele_draft *draft,
					       struct stele_fmt_str str)
{
	struct stele_str out = { "", 0 };

	if (str.len) { /* an empty pool has no address */
		out.ptr = (const char *)draft->pool.ptr + str.off;
		out.len = str.len;
	}
	return out;
}

#endif /* STELE_SCHEMA_TEXT_H */
