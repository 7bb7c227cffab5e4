/* SPDX-License-Identifier: MIT */
/*
 * What a reader with a schema of its own sees in records of another: which
 * stored field each of its fields is, and whether that can be read.
 *
 * Records match by name, so whether one record can be read never depends on
 * where it was met: a nested record, or one behind a reference, is as good as
 * the pair of records of that name, and records that lead to each other in a
 * circle are readable as long as no field of theirs, taken alone, is refused.
 */
#ifndef STELE_COMPAT_H
#define STELE_COMPAT_H

#include <stele/view.h>

#include "schema.h"
#include "text.h"

/* The stored field that a reader's field is. */
struct stele_match {
	uint32_t field; /* in its record; NONE: not stored */
	uint32_t other; /* a second candidate; NONE: none */
};

struct stele_pair_set; /* of types, compared before */

struct stele_compat {
	const struct stele_schema *stored;
	const struct stele_schema *reader;
	uint32_t *records; /* of the reader: number of the stored one, NONE */
	struct stele_match *matches; /* as the reader's array of fields */
	struct stele_pair_set *pairs;
	bool *other_keys; /* by the reader's type; NULL: not asked for yet */
};

/* Match all records and fields.  -ENOMEM.  End in any case. */
int stele_compat_begin(struct stele_compat *compat,
		       const struct stele_schema *stored,
		       const struct stele_schema *reader);
void stele_compat_end(struct stele_compat *compat);

/* compat_match.c: the fields of one reader's record, as of struct stele_match. */
int stele_compat_match(const struct stele_schema *stored,
		       uint32_t stored_record,
		       const struct stele_schema *reader, uint32_t record,
		       struct stele_match *matches);

/*
 * compat_type.c.  The verdict of two kinds of type (enum stele_type), where what
 * they are made of is the same.
 */
enum stele_verdict stele_compat_kind(unsigned stored, unsigned reader);

/* The verdict of two types, by all that they are made of.  -ENOMEM. */
int stele_compat_type(struct stele_compat *compat, uint32_t stored,
		      uint32_t reader, enum stele_verdict *verdict);

void stele_pair_set_free(struct stele_pair_set *set);

/*
 * compat_key.c: whether keys of a type of the reader's are those that are stored,
 * as far as records are in them.  -ENOMEM.
 */
int stele_compat_key(struct stele_compat *compat, uint32_t type, bool *is_same);

/* What becomes of a field of which there is nothing. */
enum stele_nothing {
	STELE_NOTHING_NONE, /* nothing can stand for it */
	STELE_NOTHING_DEFAULT,
	STELE_NOTHING_UNSET,
	STELE_NOTHING_NULL,
};

/* How a reader's field of a stored record is read. */
struct stele_judgement {
	enum stele_verdict verdict; /* the worst of what follows */
	enum stele_verdict type; /* where it is stored */
	int code; /* REFUSE: why */
	bool is_stored;
	bool checks_null; /* it may be null in the segment, and the reader's not */
	bool may_be_unset; /* in the segment */
	enum stele_nothing nothing; /* for the reader */
};

/* The field's record has a stored one.  -ENOMEM. */
int stele_compat_field(struct stele_compat *compat, uint32_t record,
		       uint32_t field, struct stele_judgement *judgement);

/* The reader's field, in its schema's array. */
static inline const struct stele_fmt_field *
stele_field_at(const struct stele_schema *schema, uint32_t record,
	       uint32_t field)
{
	return &schema->fields[schema->records[record].first_field + field];
}

/* Whether the field takes null; `any` does in any case. */
static inline bool stele_field_takes_null(const struct stele_schema *schema,
					  const struct stele_fmt_field *field)
{
	return field->flags & STELE_FMT_FIELD_F_NULLABLE ||
	       schema->types[field->type].kind == STELE_TYPE_ANY;
}

#endif /* STELE_COMPAT_H */
