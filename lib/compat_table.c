// SPDX-License-Identifier: MIT
/*
 * Tables of two schemas: whether a lookup that is written for the reader's finds
 * in the stored one what the reader means by it.  That asks for the same record,
 * the same fields as keys, their types converted or checked, a filter where the
 * reader has one; and for one row a key where the reader expects one.
 *
 * A row without a key is not in the stored table, so the reader's field can't
 * have a default for it.  A record as a key is the names and values of its
 * fields, so those have to be the stored ones.
 */
#include "compat_report.h"

/* Whether rows without a key would have one for the reader. */
static int has_default(struct stele_compat *c, uint32_t reader, uint32_t k,
		       bool *has)
{
	const uint32_t *r = stele_schema_path(c->reader, reader, k);
	uint32_t record = c->reader->tables[reader].record, i;
	struct stele_judgement j;
	int rc;

	for (i = 1; i < r[0]; i++)
		record = c->reader
				 ->types[stele_field_at(c->reader, record, r[i])
						 ->type]
				 .arg;
	rc = stele_compat_field(c, record, r[i], &j);
	*has = !rc && j.may_be_unset && j.nothing == STELE_NOTHING_DEFAULT;
	return rc;
}

/*
 * Whether the k-th key paths lead to the same field; *type gives the verdict of
 * its type.
 */
static int compare_path(struct stele_compat *c, uint32_t stored,
			uint32_t reader, uint32_t k, bool *is_same,
			enum stele_verdict *type)
{
	const uint32_t *s = stele_schema_path(c->stored, stored, k);
	const uint32_t *r = stele_schema_path(c->reader, reader, k);
	uint32_t record = c->reader->tables[reader].record;

	*is_same = s[0] == r[0];
	for (uint32_t i = 1; *is_same && i <= r[0]; i++) {
		const struct stele_fmt_field *field =
			stele_field_at(c->reader, record, r[i]);
		const struct stele_match *match =
			&c->matches[field - c->reader->fields];

		*is_same = c->records[record] != STELE_FMT_NONE &&
			   match->field == s[i] &&
			   match->other == STELE_FMT_NONE;
		if (i < r[0])
			record = c->reader->types[field->type].arg;
	}
	return stele_compat_type(c, stele_schema_key(c->stored, stored, k),
				 stele_schema_key(c->reader, reader, k), type);
}

static int refuse(struct stele_finding *f, int code, struct stele_text *reason,
		  const char *why)
{
	f->verdict = STELE_VERDICT_REFUSE;
	f->code = code;
	stele_text_put(reason, why);
	return 0;
}

/* What is wrong with a key of the same fields; NULL: nothing. */
static int find_fault(struct stele_compat *c, uint32_t table, uint32_t k,
		      const char **fault)
{
	bool has, is_same = true;
	int rc = has_default(c, table, k, &has);

	if (!rc && !has)
		rc = stele_compat_key(c, stele_schema_key(c->reader, table, k),
				      &is_same);
	*fault = has ? "its key has a default, and rows without are not in it" :
		 !is_same ? "its keys are records of other fields" :
			    NULL;
	return rc;
}

static int compare_keys(struct stele_compat *c, struct stele_finding *f,
			struct stele_text *reason)
{
	uint32_t nr = c->reader->tables[f->table].nr_keys, k;
	enum stele_verdict type, worst = STELE_VERDICT_SAME;
	bool is_same = nr == c->stored->tables[f->stored_table].nr_keys;
	const char *fault = NULL;
	int rc = 0;

	for (k = 0; !rc && is_same && !fault && k < nr; k++) {
		rc = compare_path(c, f->stored_table, f->table, k, &is_same,
				  &type);
		if (!rc && type > worst)
			worst = type;
		if (!rc && is_same && type != STELE_VERDICT_REFUSE)
			rc = find_fault(c, f->table, k, &fault);
	}
	if (rc)
		return rc;
	if (!is_same)
		return refuse(f, -STELE_E_TYPE, reason,
			      "its keys are other fields");
	if (worst == STELE_VERDICT_REFUSE)
		return refuse(f, -STELE_E_TYPE, reason,
			      "its keys are of another type");
	if (fault)
		return refuse(f, -STELE_E_TYPE, reason, fault);
	if (worst != STELE_VERDICT_SAME) {
		f->verdict = worst;
		stele_text_put(reason, "its keys are of another type");
	}
	return 0;
}

int stele_compat_table(struct stele_compat *compat,
		       struct stele_finding *finding, struct stele_text *reason)
{
	const struct stele_fmt_decl *r =
		&compat->reader->tables[finding->table];
	const struct stele_fmt_decl *s;

	if (stele_schema_find_table(compat->stored, finding->name.ptr,
				    finding->name.len, &finding->stored_table))
		return refuse(finding, -STELE_E_ABSENT, reason, "not stored");
	s = &compat->stored->tables[finding->stored_table];
	finding->stored_record = s->record;
	if (compat->records[r->record] != s->record)
		return refuse(finding, -STELE_E_TYPE, reason,
			      "it is over another record");
	if ((s->flags ^ r->flags) & STELE_FMT_DECL_F_FILTER)
		return refuse(finding, -STELE_E_TYPE, reason,
			      s->flags & STELE_FMT_DECL_F_FILTER ?
				      "it is a filter" :
				      "it is no filter");
	if (s->flags & ~r->flags & STELE_FMT_DECL_F_MULTI)
		return refuse(finding, -STELE_E_TYPE, reason,
			      "a key may have several rows");
	return compare_keys(compat, finding, reason);
}
