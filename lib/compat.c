// SPDX-License-Identifier: MIT
/*
 * Two schemas side by side: records matched, fields judged.
 */
#include "compat.h"

static void match_record(struct stele_compat *c, uint32_t record)
{
	struct stele_str name =
		stele_schema_str(c->reader, c->reader->records[record].name);

	if (stele_schema_find_record(c->stored, name.ptr, name.len,
				     &c->records[record]))
		c->records[record] = STELE_FMT_NONE;
}

int stele_compat_begin(struct stele_compat *compat,
		       const struct stele_schema *stored,
		       const struct stele_schema *reader)
{
	uint32_t nr = reader->head->nr_records, nr_fields, i;
	int rc = 0;

	memset(compat, 0, sizeof(*compat));
	compat->stored = stored;
	compat->reader = reader;
	nr_fields = reader->head->nr_fields;
	compat->records = calloc(nr ? nr : 1, sizeof(*compat->records));
	compat->matches =
		calloc(nr_fields ? nr_fields : 1, sizeof(*compat->matches));
	if (!compat->records || !compat->matches)
		return -ENOMEM;
	for (i = 0; !rc && i < nr; i++) {
		match_record(compat, i);
		if (compat->records[i] != STELE_FMT_NONE)
			rc = stele_compat_match(
				stored, compat->records[i], reader, i,
				compat->matches +
					reader->records[i].first_field);
	}
	return rc;
}

void stele_compat_end(struct stele_compat *compat)
{
	free(compat->other_keys);
	stele_pair_set_free(compat->pairs);
	free(compat->matches);
	free(compat->records);
}

/* What stands for a field of which there is nothing. */
static enum stele_nothing nothing_of(const struct stele_schema *schema,
				     const struct stele_fmt_field *field)
{
	if (field->flags & STELE_FMT_FIELD_F_DEFAULT)
		return STELE_NOTHING_DEFAULT;
	if (field->flags & STELE_FMT_FIELD_F_OPTIONAL)
		return STELE_NOTHING_UNSET;
	if (stele_field_takes_null(schema, field))
		return STELE_NOTHING_NULL;
	return STELE_NOTHING_NONE;
}

/* What the judgement comes to. */
static void sum_up(struct stele_judgement *j)
{
	j->verdict = j->type;
	if (j->type == STELE_VERDICT_REFUSE) {
		j->code = -STELE_E_TYPE;
	} else if (j->checks_null ||
		   (j->may_be_unset && j->nothing == STELE_NOTHING_NONE)) {
		j->verdict = STELE_VERDICT_CHECK;
	} else if (j->may_be_unset && j->nothing != STELE_NOTHING_UNSET &&
		   j->type == STELE_VERDICT_SAME) {
		j->verdict = STELE_VERDICT_CONVERT;
	}
}

int stele_compat_field(struct stele_compat *compat, uint32_t record,
		       uint32_t field, struct stele_judgement *judgement)
{
	const struct stele_schema *reader = compat->reader;
	const struct stele_fmt_field *r = stele_field_at(reader, record, field);
	const struct stele_match *match = &compat->matches[r - reader->fields];
	const struct stele_fmt_field *s;
	struct stele_judgement j = { .nothing = nothing_of(reader, r) };
	int rc = 0;

	if (match->other != STELE_FMT_NONE) {
		j.verdict = STELE_VERDICT_REFUSE;
		j.code = -STELE_E_SCHEMA;
	} else if (match->field == STELE_FMT_NONE) {
		j.verdict = j.nothing == STELE_NOTHING_NONE ?
				    STELE_VERDICT_REFUSE :
				    STELE_VERDICT_CONVERT;
		j.code = j.nothing == STELE_NOTHING_NONE ? -STELE_E_REQUIRED :
							   0;
	} else {
		s = stele_field_at(compat->stored, compat->records[record],
				   match->field);
		j.is_stored = true;
		j.checks_null = s->flags & STELE_FMT_FIELD_F_NULLABLE &&
				!stele_field_takes_null(reader, r);
		j.may_be_unset = s->flags & STELE_FMT_FIELD_F_OPTIONAL;
		rc = stele_compat_type(compat, s->type, r->type, &j.type);
		sum_up(&j);
	}
	*judgement = j;
	return rc;
}
