/* SPDX-License-Identifier: MIT */
/*
 * What follows from the fields of a schema: where they lie in a body, and the
 * fingerprints.  One implementation, for the parser that writes them and for
 * the loader that proves them.
 */
#ifndef STELE_SCHEMA_LAYOUT_H
#define STELE_SCHEMA_LAYOUT_H

#include "schema.h"

/*
 * Lay out a record's body: the head of 8 bytes; the fields of 16, 8, 4, 2 and 1
 * bytes, each width in the order of declaration; the null bitmap, a bit for
 * each nullable raw field in order; the unset bitmap, a bit for each optional
 * raw field; zeros up to a multiple of 8.  Value words tell null and unset
 * themselves and have no bits.
 *
 * Reads types and flags, writes offsets, bits and sizes.
 */
void stele_schema_lay_out(struct stele_fmt_record *record,
			  struct stele_fmt_field *fields,
			  const struct stele_fmt_type *types);

/*
 * Fingerprint every record of a checked schema; `records` are its own, to write
 * into.  schema_fingerprint.c has the rule.  -ENOMEM.
 */
int stele_schema_fingerprint(const struct stele_schema *schema,
			     struct stele_fmt_record *records);

#endif /* STELE_SCHEMA_LAYOUT_H */
