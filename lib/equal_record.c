// SPDX-License-Identifier: MIT
/*
 * Equality of records: which field goes with which.  Records are equal by the
 * names of their schemas and of their fields that are set, so the fields of two
 * segments with other schemas are paired by name; how two schema records stand
 * to each other is found out once and kept in a few places.
 */
#include <string.h>

#include <stele/record.h>

#include "equal.h"
#include "segment.h"

static bool same(struct stele_str a, struct stele_str b)
{
	return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

static const struct stele_fmt_record *
schema_of(const struct stele_value *record)
{
	return &record->segment->schema->records[record->record];
}

static struct stele_str field_name(const struct stele_value *record, uint32_t i)
{
	const struct stele_schema *schema = record->segment->schema;

	return stele_schema_str(
		schema,
		schema->fields[schema_of(record)->first_field + i].name);
}

uint32_t stele_record_nr_fields(const struct stele_value *record)
{
	return schema_of(record)->nr_fields;
}

static enum stele_kinship find_out(const struct stele_value *a,
				   const struct stele_value *b)
{
	uint32_t nr = schema_of(a)->nr_fields;

	if (a->segment == b->segment)
		return a->record == b->record ? STELE_KIN_ALIKE :
						STELE_KIN_NONE;
	if (!same(stele_schema_str(a->segment->schema, schema_of(a)->name),
		  stele_schema_str(b->segment->schema, schema_of(b)->name)))
		return STELE_KIN_NONE;
	if (nr != schema_of(b)->nr_fields)
		return STELE_KIN_NAMED;
	for (uint32_t i = 0; i < nr; i++)
		if (!same(field_name(a, i), field_name(b, i)))
			return STELE_KIN_NAMED;
	return STELE_KIN_ALIKE;
}

enum stele_kinship stele_kin_of(struct stele_kin *kin,
				const struct stele_value *a,
				const struct stele_value *b)
{
	uint32_t at = (a->record * 5 + b->record) % STELE_KIN_PLACES;

	if (kin->places[at].record[0] != a->record + 1 ||
	    kin->places[at].record[1] != b->record) {
		kin->places[at].record[0] = a->record + 1;
		kin->places[at].record[1] = b->record;
		kin->places[at].kinship = find_out(a, b);
	}
	return kin->places[at].kinship;
}

/* Field i; broken where the record became another one meanwhile. */
static int field_of(const struct stele_value *record, uint32_t i,
		    struct stele_value *value)
{
	struct stele_record r = { record->segment, record->u.pos };
	int rc = stele_record_get_at(r, i, value);

	return rc == -STELE_E_ABSENT ? -STELE_E_FORMAT : rc;
}

int stele_record_nr_set(const struct stele_value *record, uint32_t *nr)
{
	uint32_t set = 0;

	for (uint32_t i = 0; i < stele_record_nr_fields(record); i++) {
		struct stele_value value;
		int rc = field_of(record, i, &value);

		if (rc)
			return rc;
		set += value.type != STELE_TYPE_UNSET;
	}
	*nr = set;
	return 0;
}

int stele_record_fields(const struct stele_value *a,
			const struct stele_value *b, enum stele_kinship kinship,
			uint32_t i, struct stele_value *x,
			struct stele_value *y)
{
	bool swap = stele_record_nr_fields(b) < stele_record_nr_fields(a);
	const struct stele_value *narrow = swap ? b : a, *wide = swap ? a : b;
	struct stele_value *in_narrow = swap ? y : x, *in_wide = swap ? x : y;
	struct stele_str name;
	uint32_t j = i;
	int rc;

	rc = field_of(narrow, i, in_narrow);
	if (rc)
		return rc;
	if (kinship == STELE_KIN_NAMED) {
		name = field_name(narrow, i);
		if (stele_schema_find_field(wide->segment->schema, wide->record,
					    name.ptr, name.len, &j)) {
			memset(in_wide, 0, sizeof(*in_wide));
			in_wide->segment = wide->segment;
			in_wide->type = STELE_TYPE_UNSET;
			return 0;
		}
	}
	return field_of(wide, j, in_wide);
}
