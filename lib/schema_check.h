/* SPDX-License-Identifier: MIT */
/*
 * What makes a schema sensible, whether it came from a text or from a segment.
 * The caller turns the place of a fault into a line and column or an offset.
 */
#ifndef STELE_SCHEMA_CHECK_H
#define STELE_SCHEMA_CHECK_H

#include "schema.h"

enum stele_schema_part {
	STELE_SCHEMA_RECORD,
	STELE_SCHEMA_FIELD,
	STELE_SCHEMA_FORMER, /* former names of a field */
	STELE_SCHEMA_VALUE, /* default of a field */
	STELE_SCHEMA_TYPE,
	STELE_SCHEMA_TABLE,
	STELE_SCHEMA_STEP,
};

struct stele_schema_place {
	enum stele_schema_part part;
	uint32_t index; /* in the image's array; FORMER, VALUE: of the field */
};

/*
 * Check an indexed schema whose counts, indexes, strings and steps are within
 * bounds and whose types stand after what they are made of.  Layout and
 * fingerprints are not looked at.  -STELE_E_SCHEMA, _LIMIT, _UTF8 with *place;
 * -ENOMEM without.
 */
int stele_schema_check(const struct stele_schema *schema,
		       struct stele_schema_place *place,
		       struct stele_error *err);

#endif /* STELE_SCHEMA_CHECK_H */
